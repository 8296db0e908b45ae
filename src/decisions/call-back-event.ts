import type { Phase } from '../contract/names/phases.ts';
import type { DomainEventType } from '../contract/names/vocabulary.ts';
import type { CallBackEvent, CallBackOutcome, DomainEvent } from '../contract/schemas/call-back-event.ts';
import type { OnboardingStatus } from '../contract/schemas/onboarding-status.ts';

/** What an event takes from a status; `phase` is `null` where nothing has begun. */
type Told = Pick<
  OnboardingStatus,
  'story' | 'accountId' | 'emailDomain' | 'reason' | 'approval' | 'confirmation' | 'txtRecord'
> & { phase: Phase | null; runId: string | null };

/** @param now in ISO 8601 */
export function toCallBackEvent(
  type: DomainEventType,
  status: Told,
  now: string,
  { result = null, failure = null }: CallBackOutcome = {},
): DomainEvent {
  const { story, runId, accountId, emailDomain, phase, reason, approval, confirmation, txtRecord } = status;
  return {
    type,
    timestamp: now,
    data: {
      story,
      runId,
      accountId,
      emailDomain,
      phase,
      reason,
      approval,
      confirmation,
      txtRecord: txtRecord === null ? null : { name: txtRecord.name, value: txtRecord.value },
      result,
      failure: failure && { type: failure.type, message: failure.message },
    },
  };
}

/** Whom or what an event is about, in a word. */
export function subjectOf({ data }: CallBackEvent): string {
  return 'emailDomain' in data ? data.emailDomain : data.accountId;
}
