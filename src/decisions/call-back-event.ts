import type { DomainEventType } from '../contract/names/vocabulary.ts';
import type { CallBackEvent, CallBackOutcome, DomainEvent } from '../contract/schemas/call-back-event.ts';
import type { TxtRecord } from '../contract/schemas/dns.ts';

/** What an event takes from the status of a run. */
type EventState = Omit<DomainEvent['data'], 'txtRecord' | 'result' | 'failure'> & {
  txtRecord: Pick<TxtRecord, 'name' | 'value'> | null;
};

/** @param now ISO 8601 */
export function toCallBackEvent(
  type: DomainEventType,
  { kind, runId, accountId, emailDomain, phase, reason, approval, confirmation, txtRecord }: EventState,
  now: string,
  { result = null, failure = null }: CallBackOutcome = {},
): DomainEvent {
  return {
    type,
    timestamp: now,
    data: {
      kind,
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

/** The domain or account that an event is about. */
export function eventSubject({ data }: CallBackEvent): string {
  return 'emailDomain' in data ? data.emailDomain : data.accountId;
}
