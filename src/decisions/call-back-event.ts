/** What a call-back tells, in the form of Standard Webhooks: https://www.standardwebhooks.com */
import type { ApprovalState, ConfirmationState, OnboardingResult, OnboardingStatus, Phase } from '../contract.ts';
import type { OffboardingResult } from '../contract/offboarding.ts';

export const callBackEventTypes = [
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
export type CallBackEventType = (typeof callBackEventTypes)[number];

/** The body that is sent. Times are ISO 8601. */
export interface CallBackEvent {
  type: CallBackEventType;
  timestamp: string;
  data: {
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

export interface CallBackOutcome {
  result?: OnboardingResult | OffboardingResult;
  failure?: { type: string; message: string };
}
/** What an event takes from a status; `phase` is `null` where nothing has begun. */
type Told = Pick<
  OnboardingStatus,
  'accountId' | 'emailDomain' | 'reason' | 'approval' | 'confirmation' | 'txtRecord'
> & { phase: Phase | null };

/** @param now in ISO 8601 */
export function toCallBackEvent(
  type: CallBackEventType,
  status: Told,
  now: string,
  outcome: CallBackOutcome = {},
): CallBackEvent {
  const { accountId, emailDomain, phase, reason, approval, confirmation, txtRecord } = status;
  return {
    type,
    timestamp: now,
    data: {
      accountId,
      emailDomain,
      phase,
      reason,
      approval,
      confirmation,
      txtRecord: txtRecord === null ? null : { name: txtRecord.name, value: txtRecord.value },
      result: outcome.result ?? null,
      failure: outcome.failure ?? null,
    },
  };
}
