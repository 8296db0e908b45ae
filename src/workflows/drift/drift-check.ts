/** What every step of a drift check needs: settings, and activities with a limited number of attempts. */
import type { DriftSettings } from '../../contract/schemas/drift.ts';
import { retryPolicy } from '../../decisions/timings.ts';
import type { Timings } from '../../decisions/timings.ts';
import { activitiesByQueue } from '../shared/activities-by-queue.ts';
import type { ActivitiesByQueue } from '../shared/activities-by-queue.ts';
import { activityMessage, requireActivityFailure } from '../shared/failures.ts';

/** A failed step is reported, and the next check repeats it. */
const attempts = 5;

export interface DriftCheck extends ActivitiesByQueue {
  settings: DriftSettings;
}

export function createDriftCheck(settings: DriftSettings, timings: Timings): DriftCheck {
  const retry = {
    ...retryPolicy(timings.retry),
    maximumAttempts: attempts,
    // Refused credentials belong in the report; the check does not wait for new ones.
    nonRetryableErrorTypes: ['CloudflareUnauthorized', 'DnsProviderUnauthorized'],
  };
  return { settings, ...activitiesByQueue(timings.timeouts, () => ({ retry })) };
}

/**
 * The message of an activity's failure.
 * @throws any other error
 */
export function explainFailure(error: unknown): string {
  return activityMessage(requireActivityFailure(error));
}
