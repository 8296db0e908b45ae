/** What every step of a look for drift needs: its settings, and activities that are given up after a few tries. */
import { ActivityCancellationType, ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';

import type { CloudflareQueueActivities, OnboardingQueueActivities } from '../activities/activities.ts';
import type { TxtRecordActivities } from '../activities/txt-records.ts';
import { CLOUDFLARE_TASK_QUEUE, ONBOARDING_TASK_QUEUE } from '../contract.ts';
import type { DnsProviderName } from '../contract.ts';
import type { DriftSettings } from '../contract/drift.ts';

/** A look that fails is reported, and there is another one soon. */
const triesOfALook = 5;

export interface Look {
  settings: DriftSettings;
  /** Activities by queue; the summary is what the UI's timeline shows. */
  onCloudflare: (summary: string) => CloudflareQueueActivities;
  onDns: (summary: string) => OnboardingQueueActivities;
  onProvider: (provider: DnsProviderName, summary: string) => TxtRecordActivities;
}

export function createLook(settings: DriftSettings): Look {
  const { pace } = settings;
  const options = (summary: string) => ({
    summary,
    startToCloseTimeout: pace.attemptSeconds * 1000,
    heartbeatTimeout: pace.heartbeatSeconds * 1000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: pace.retryFirstSeconds * 1000,
      maximumInterval: Math.max(pace.retryFirstSeconds, pace.retryMaxSeconds) * 1000,
      maximumAttempts: triesOfALook,
      // A token that is refused is news for whoever reads the report, not something to wait for.
      nonRetryableErrorTypes: ['CloudflareUnauthorized', 'DnsProviderUnauthorized'],
    },
  });
  const onCloudflare = (summary: string) =>
    proxyActivities<CloudflareQueueActivities>({ ...options(summary), taskQueue: CLOUDFLARE_TASK_QUEUE });
  const onDns = (summary: string) =>
    proxyActivities<OnboardingQueueActivities>({ ...options(summary), taskQueue: ONBOARDING_TASK_QUEUE });
  const onProvider = (provider: DnsProviderName, summary: string) =>
    provider === 'cloudflare' ? onCloudflare(summary) : onDns(summary);
  return { settings, onCloudflare, onDns, onProvider };
}

/**
 * Why an activity did not do what it should.
 * @throws what is no failure of an activity
 */
export function explainFailure(error: unknown): string {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  return error.cause?.message ?? error.message;
}
