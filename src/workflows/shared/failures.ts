import { ActivityFailure, ApplicationFailure, TemporalFailure, TimeoutFailure } from '@temporalio/workflow';

import type { FailureType } from '../../contract/names/failure-types.ts';
import type { UndoCause } from '../../contract/schemas/undo.ts';

/** A failure that ends the run, in one of the contract's types. */
export function failure(type: FailureType, message: string, details: unknown[] = []): ApplicationFailure {
  return ApplicationFailure.create({ type, message, details, nonRetryable: true });
}

/** What a run that ends with this error fails with: the cause itself rather than "activity task failed". */
export function toRunFailure(error: unknown): unknown {
  if (!(error instanceof ActivityFailure)) return error;
  const { cause } = error;
  // The server gives up at the deadline, or earlier when the next try would not fit before it. In the first case the SDK
  // does not hand on the error of the last try: it stands in the history alone.
  if (
    error.retryState === 'TIMEOUT' ||
    (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_CLOSE')
  ) {
    const last = cause instanceof ApplicationFailure ? `: ${cause.message}` : '; its last error is in the history';
    return failure('DeadlinePassed', `The deadline passed while ${error.activityType} was failing${last}`);
  }
  if (!(cause instanceof ApplicationFailure)) return error;
  return ApplicationFailure.create({
    message: cause.message,
    nonRetryable: true,
    cause: error,
    ...(cause.type ? { type: cause.type } : {}),
    ...(cause.details ? { details: cause.details } : {}),
  });
}

/** Why a run that somebody cancelled stops. */
export const cancelled: UndoCause = { by: 'cancel', type: 'Cancelled', message: 'the run was cancelled' };

/** Why a run that nobody cancelled stops. */
export function toCause(error: TemporalFailure): UndoCause {
  const cause = toRunFailure(error);
  const type = cause instanceof ApplicationFailure ? (cause.type ?? 'unknown') : 'unknown';
  const message = cause instanceof Error ? cause.message : error.message;
  return { by: type === 'DeadlinePassed' ? 'deadline' : 'failure', type, message };
}
