import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';

import type { FailureType } from '../../contract/names/failure-types.ts';
import type { UndoCause } from '../../contract/schemas/undo.ts';

/** A failure of one of the contract's types that ends the run. */
export function failure(type: FailureType, message: string, details: unknown[] = []): ApplicationFailure {
  return ApplicationFailure.create({ type, message, details, nonRetryable: true });
}

/** The failure of a run that ends with `error`: its cause instead of "activity task failed". */
export function toRunFailure(error: unknown): unknown {
  if (!(error instanceof ActivityFailure)) return error;
  const { cause } = error;
  // Only the deadline limits how long an activity waits for a worker.
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') {
    return failure('DeadlinePassed', `The deadline passed while ${error.activityType} waited for a worker`);
  }
  // The server gives up at the deadline, or earlier if the next attempt would not fit before it. In the first case the SDK
  // does not return the error of the last attempt; only the history has it.
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

/** A cancel can arrive together with the result that the run continues with. */
export function throwIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled) throw cancelledFailure();
}

export function cancelledFailure(): CancelledFailure {
  return new CancelledFailure('The run was cancelled');
}

/** Why the run stopped. */
export function toCause(error: TemporalFailure): UndoCause {
  // An activity that fails while it is being cancelled ends with its own failure.
  if (isCancellation(error) || CancellationScope.current().consideredCancelled)
    return { by: 'cancel', type: 'Cancelled', message: 'the run was cancelled' };
  return failureCause(error);
}

/** The cause of a failure, whether or not the run is being cancelled. */
export function failureCause(error: TemporalFailure): UndoCause {
  const cause = toRunFailure(error);
  const type = cause instanceof ApplicationFailure ? (cause.type ?? 'unknown') : 'unknown';
  const message = cause instanceof Error ? cause.message : error.message;
  return { by: type === 'DeadlinePassed' ? 'deadline' : 'failure', type, message };
}

/** The message of an activity's failure: that of its cause where it has one. */
export function activityMessage(error: ActivityFailure): string {
  return error.cause?.message ?? error.message;
}

/**
 * Returns the failure of an activity.
 * @throws any other error, and a cancellation
 */
export function requireActivityFailure(error: unknown): ActivityFailure {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  return error;
}
