/** Activity proxies, by the task queue that serves them. */
import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';

import type { CloudflareQueueActivities, OnboardingQueueActivities } from '../../activities/activities.ts';
import type { RunActivities } from '../../activities/runs.ts';
import type { TxtRecordActivities } from '../../activities/txt-records.ts';
import type { ValidationActivities } from '../../activities/validate-input.ts';
import type { Comparison } from '../../client/start-run.ts';
import type { DomainRequest } from '../../contract/handlers.ts';
import { cloudflareTaskQueue, onboardingTaskQueue } from '../../contract/names/ids.ts';
import type { DnsProviderName } from '../../contract/names/vocabulary.ts';
import type { ActivityTimeouts } from '../../decisions/timings.ts';
import { toRunFailure } from './failures.ts';

/** `summary` is what the timeline of Temporal's UI shows; the server accepts 400 bytes. */
export interface ActivitiesByQueue {
  onCloudflareQueue: (summary: string) => CloudflareQueueActivities;
  onOnboardingQueue: (summary: string) => OnboardingQueueActivities;
  /** The queue that serves the provider's API calls. */
  onProviderQueue: (provider: DnsProviderName, summary: string) => TxtRecordActivities;
}

/** @param options called for every activity, because what is left until the deadline changes */
export function activitiesByQueue(
  { attemptSeconds, heartbeatSeconds }: ActivityTimeouts,
  options: () => Pick<ActivityOptions, 'retry' | 'scheduleToCloseTimeout'>,
): ActivitiesByQueue {
  const common = (summary: string) => ({
    ...options(),
    summary,
    startToCloseTimeout: attemptSeconds * 1000,
    heartbeatTimeout: heartbeatSeconds * 1000,
    // With any other type a cancelled run would continue while an effect may still happen.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  const onCloudflareQueue = (summary: string) =>
    proxyActivities<CloudflareQueueActivities>({ ...common(summary), taskQueue: cloudflareTaskQueue });
  const onOnboardingQueue = (summary: string) =>
    proxyActivities<OnboardingQueueActivities>({ ...common(summary), taskQueue: onboardingTaskQueue });
  const onProviderQueue = (provider: DnsProviderName, summary: string) =>
    provider === 'cloudflare' ? onCloudflareQueue(summary) : onOnboardingQueue(summary);
  return { onCloudflareQueue, onOnboardingQueue, onProviderQueue };
}

/**
 * Runs the first activity of a workflow, which checks the input or reads the worker's timings. Local, because it does no I/O.
 * @throws {ApplicationFailure} `InvalidInput`
 */
export async function validate<Result>(check: (activities: ValidationActivities) => Promise<Result>): Promise<Result> {
  const activities = proxyLocalActivities<ValidationActivities>({ startToCloseTimeout: '10 seconds' });
  try {
    return await check(activities);
  } catch (error) {
    throw toRunFailure(error);
  }
}

/** Compares the request with the run in progress for its domain. Retried until the server answers. */
export async function compareWithRunning(request: DomainRequest): Promise<Comparison> {
  const activities = proxyActivities<RunActivities>({
    summary: `Read the run in progress for ${request.input.emailDomain}`,
    taskQueue: onboardingTaskQueue,
    startToCloseTimeout: '30 seconds',
  });
  return await activities.compareWithRunning(request);
}
