import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import type { TimeoutType } from '@temporalio/common';
import { describe, expect, it } from 'vitest';

import { toRunFailure } from '../../../src/workflows/shared/failures.ts';

function activityFailure(retryState: RetryState, cause: Error): ActivityFailure {
  return new ActivityFailure('Activity task failed', 'enableConnector', '7', retryState, 'a worker', cause);
}

function timeout(type: TimeoutType): TimeoutFailure {
  return new TimeoutFailure('activity timed out', undefined, type);
}

describe('the failure of a run whose activity', () => {
  it.each([
    [
      'waits for a worker until the deadline',
      RetryState.NON_RETRYABLE_FAILURE,
      timeout('SCHEDULE_TO_START'),
      'waited for a worker',
    ],
    [
      'keeps failing until the deadline',
      RetryState.TIMEOUT,
      ApplicationFailure.create({ message: '503' }),
      'was failing: 503',
    ],
    ['is in an attempt at the deadline', RetryState.NON_RETRYABLE_FAILURE, timeout('SCHEDULE_TO_CLOSE'), 'was failing'],
    ['has no time for another attempt', RetryState.TIMEOUT, timeout('START_TO_CLOSE'), 'was failing'],
  ])('%s is DeadlinePassed, and names the activity', (_what, retryState, cause, said) => {
    const failure = toRunFailure(activityFailure(retryState, cause));
    expect(failure).toMatchObject({ type: 'DeadlinePassed' });
    expect(String(failure)).toContain(`enableConnector ${said}`);
  });

  it('fails for good is that failure', () => {
    const cause = ApplicationFailure.create({ type: 'CloudflareRefused', message: 'no', details: [1] });
    const failure = toRunFailure(activityFailure(RetryState.NON_RETRYABLE_FAILURE, cause));
    expect(failure).toMatchObject({ type: 'CloudflareRefused', message: 'no', details: [1] });
  });
});
