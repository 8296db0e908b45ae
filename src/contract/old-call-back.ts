/** What a call-back tells, in the form of Standard Webhooks: https://www.standardwebhooks.com */
import type { ApprovalState, ConfirmationState, OnboardingResult, Phase, Story } from './old-contract.ts';
import type { DriftReport } from './old-drift.ts';
import type { OffboardingResult } from './old-offboarding.ts';

export const storyEventTypes = [
  /** A human is needed: to say yes before it is enabled; sent again with every reminder. */
  'onboarding.needs-approval',
  /** A human is needed: to confirm in time that they can log in. */
  'onboarding.needs-confirmation',
  /** A human is needed: to publish (or take away) the TXT value by hand. */
  'onboarding.needs-dns-change',
  /** Outcomes. */
  'onboarding.enabled',
  'onboarding.failed',
  'onboarding.undone',
  'onboarding.cancelled',
  /** An event was taken in, and other work on the domain turned out to be under way. */
  'onboarding.not-started',
  /** The same for an off-boarding. */
  'offboarding.needs-approval',
  'offboarding.needs-dns-change',
  'offboarding.done',
  'offboarding.failed',
  'offboarding.cancelled',
  'offboarding.not-started',
] as const;
export type StoryEventType = (typeof storyEventTypes)[number];

/** The body that is sent. */
export type CallBackEvent = StoryEvent | DriftEvent;

/** A look at an account found something; or, once, nothing any more. */
export interface DriftEvent {
  type: 'account.drift';
  timestamp: string;
  /** Its lists are shorter than those of the look's result. */
  data: DriftReport;
}

/** Times are ISO 8601. */
export interface StoryEvent {
  type: StoryEventType;
  timestamp: string;
  data: {
    story: Story;
    /** To be sent back with an answer, so that it answers this run and no other; `null`: nothing has begun. */
    runId: string | null;
    accountId: string;
    emailDomain: string;
    phase: Phase | null;
    /** Why it is where it is, in a sentence. */
    reason: string;
    approval: ApprovalState | null;
    confirmation: ConfirmationState | null;
    /** The record to publish or to take away. */
    txtRecord: { name: string; value: string } | null;
    result: OnboardingResult | OffboardingResult | null;
    failure: { type: string; message: string } | null;
  };
}

/** How a story ended. */
export interface CallBackOutcome {
  result?: OnboardingResult | OffboardingResult | null;
  failure?: { type: string; message: string } | null;
}
