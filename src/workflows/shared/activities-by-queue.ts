/** The activities that take a while or change something, each on the queue whose workers may do it. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';

import type { CloudflareQueueActivities, OnboardingQueueActivities } from '../../activities/activities.ts';
import type { TxtRecordActivities } from '../../activities/txt-records.ts';
import { cloudflareTaskQueue, onboardingTaskQueue } from '../../contract/names/ids.ts';
import type { DnsProviderName } from '../../contract/names/vocabulary.ts';
import type { Pace } from '../../contract/old-contract.ts';

/** The summary is what the UI's timeline shows. */
export interface ActivitiesByQueue {
  onCloudflare: (summary: string) => CloudflareQueueActivities;
  onDns: (summary: string) => OnboardingQueueActivities;
  /** A provider's activities, on the queue that its calls belong to. */
  onProvider: (provider: DnsProviderName, summary: string) => TxtRecordActivities;
}

/** @param options how long, and how often each is tried; asked anew for every one of them */
export function reachActivities(
  { attemptSeconds, heartbeatSeconds }: Pick<Pace, 'attemptSeconds' | 'heartbeatSeconds'>,
  options: () => Pick<ActivityOptions, 'retry' | 'scheduleToCloseTimeout'>,
): ActivitiesByQueue {
  const common = (summary: string) => ({
    ...options(),
    summary,
    startToCloseTimeout: attemptSeconds * 1000,
    heartbeatTimeout: heartbeatSeconds * 1000,
    // Otherwise a cancelled run would move on while an effect is still on its way.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  const onCloudflare = (summary: string) =>
    proxyActivities<CloudflareQueueActivities>({ ...common(summary), taskQueue: cloudflareTaskQueue });
  const onDns = (summary: string) =>
    proxyActivities<OnboardingQueueActivities>({ ...common(summary), taskQueue: onboardingTaskQueue });
  const onProvider = (provider: DnsProviderName, summary: string) =>
    provider === 'cloudflare' ? onCloudflare(summary) : onDns(summary);
  return { onCloudflare, onDns, onProvider };
}
