/** What every step of a look for drift needs: its settings, and activities that are given up after a few tries. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';

import type { DriftSettings } from '../../contract/schemas/drift.ts';
import { retryOf } from '../../decisions/timings.ts';
import { reachActivities } from '../shared/activities-by-queue.ts';
import type { ActivitiesByQueue } from '../shared/activities-by-queue.ts';

/** A look that fails is reported, and there is another one soon. */
const triesOfALook = 5;

export interface Look extends ActivitiesByQueue {
  settings: DriftSettings;
}

export function createLook(settings: DriftSettings): Look {
  const { pace } = settings;
  const retry = {
    ...retryOf(pace),
    maximumAttempts: triesOfALook,
    // A token that is refused is news for whoever reads the report, not something to wait for.
    nonRetryableErrorTypes: ['CloudflareUnauthorized', 'DnsProviderUnauthorized'],
  };
  return { settings, ...reachActivities(pace, () => ({ retry })) };
}

/**
 * Why an activity did not do what it should.
 * @throws what is no failure of an activity
 */
export function explainFailure(error: unknown): string {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  return error.cause?.message ?? error.message;
}
