/** The other story of a domain: it leaves. Disabled, deleted, its TXT value removed where an onboarding published it. */
import { ONBOARD_WORKFLOW_TYPE } from './old-contract.ts';
import type { Approval, OnboardingInput, Optional, Pace, Story, StorySettings, UndoCause } from './old-contract.ts';

export const OFFBOARD_WORKFLOW_TYPE = 'offboardSsoConnector';
/** The workflow type of each story. */
export const workflowTypeOf: Record<Story, string> = {
  onboarding: ONBOARD_WORKFLOW_TYPE,
  offboarding: OFFBOARD_WORKFLOW_TYPE,
};

export const disablements = ['automatic', 'after-approval'] as const;
export type Disablement = (typeof disablements)[number];

/** What a client sends. Everything but the account and the domain has a default (`input.ts`). */
export interface OffboardingInput {
  /** 32 hexadecimal characters. */
  accountId: string;
  emailDomain: string;
  /** Default `automatic`. */
  disablement?: Disablement | undefined;
  approval?: Optional<Approval> | undefined;
  /** Gets a signed event at each outcome and when a human is needed; its origin has to be one of the worker's `CALLBACK_ORIGINS`. */
  callbackUrl?: string | undefined;
  deadlineSeconds?: number | undefined;
  pace?: Optional<Pace> | undefined;
}

/** A story, and what it is to be started with. */
export type StoryRequest =
  | { story: 'onboarding'; input: OnboardingInput }
  | { story: 'offboarding'; input: OffboardingInput };

/** The validated input with every default filled in. */
export interface OffboardingSettings extends StorySettings {
  disablement: Disablement;
}

/** Both lists name things in words; both are empty when there was nothing to do. */
export interface OffboardingReport {
  done: string[];
  /** What stays, and why: a value that was there before the onboarding, or that nobody here published. */
  left: string[];
}

/** Details of the failure `OffboardingIncomplete`. */
export interface OffboardingStop extends OffboardingReport {
  cause: UndoCause;
}

export interface OffboardingResult extends OffboardingReport {
  emailDomain: string;
}
