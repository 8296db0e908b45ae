/** The run of an onboarding: it also waits between checks, and undoes what it did. */
import { ActivityFailure, condition, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';

import { checkNowSignal } from '../../contract/handlers.ts';
import type { TxtRecord } from '../../contract/schemas/dns.ts';
import type { OnboardingSettings } from '../../contract/schemas/onboarding-input.ts';
import type { OnboardingStatus } from '../../contract/schemas/onboarding-status.ts';
import { nextWaitSeconds, retryPolicy } from '../../decisions/timings.ts';
import { activitiesByQueue } from '../shared/activities-by-queue.ts';
import type { ActivitiesByQueue } from '../shared/activities-by-queue.ts';
import { activityMessage, failure } from '../shared/failures.ts';
import type { Progress } from '../shared/progress.ts';
import type { DomainRun } from '../shared/run.ts';

export interface OnboardingRun extends DomainRun<OnboardingSettings, Progress<OnboardingStatus>> {
  /** Activities that the run can do without: given up after a few attempts. */
  optional: Pick<ActivitiesByQueue, 'onOnboardingQueue' | 'onProviderQueue'>;
  /** Activities of the undo: no deadline, slow retries without a limit. */
  undo: Pick<ActivitiesByQueue, 'onCloudflareQueue' | 'onProviderQueue'>;
  /**
   * Waits for the next check of a wait that began at `since` (ISO 8601), or for `checkNow`. `summary` is for the timeline of
   * Temporal's UI, `reason` for the status. Continues as new first if the server suggests it.
   * @throws {ApplicationFailure} `DeadlinePassed`
   */
  waitForNextCheck: (wait: { since: string; reason: string; summary: string }) => Promise<void>;
}

/** Milliseconds. A check that has less time than this before the deadline would only fail for lack of time. */
const minCheckMilliseconds = 1000;
const attemptsOfOptional = 2;
const hourMilliseconds = 3_600_000;

/** @param continueRun continues as new; called only between checks */
export function createOnboardingRun(
  run: DomainRun<OnboardingSettings, Progress<OnboardingStatus>>,
  continueRun: () => Promise<never>,
): OnboardingRun {
  const { timings, progress, millisecondsLeft } = run;
  const { retry, timeouts, polling } = timings;
  const slowRetry = { initialInterval: retry.undoRetrySeconds * 1000, backoffCoefficient: 1 };
  const undo = (scheduleToCloseTimeout?: number) =>
    activitiesByQueue(timeouts, () => ({
      retry: slowRetry,
      ...(scheduleToCloseTimeout && { scheduleToCloseTimeout }),
    }));

  let checkRequested = false;
  setHandler(
    checkNowSignal,
    () => {
      checkRequested = true;
    },
    { description: 'Check now instead of waiting for the next check' },
  );

  return {
    ...run,
    optional: activitiesByQueue(timeouts, () => ({
      scheduleToCloseTimeout: Math.min(
        Math.max(1, millisecondsLeft()),
        attemptsOfOptional * timeouts.attemptSeconds * 1000,
      ),
      retry: retryPolicy(retry),
    })),
    undo: {
      onCloudflareQueue: undo().onCloudflareQueue,
      // Limited, so that the undo regularly reads again whether somebody relies on the value.
      onProviderQueue: undo(hourMilliseconds).onProviderQueue,
    },
    async waitForNextCheck({ since, reason, summary }) {
      // Not between enabling and reading back: the continued run could take its own enabling for somebody else's.
      if (workflowInfo().continueAsNewSuggested && progress.status.phase !== 'enabling') await continueRun();
      const now = Date.now();
      const left = millisecondsLeft();
      const next = nextWaitSeconds((now - Date.parse(since)) / 1000, polling) * 1000;
      const isLast = next > left - minCheckMilliseconds;
      const wait = Math.max(0, isLast ? left : next);
      progress.set({ reason, nextCheckAt: new Date(now + wait).toISOString() });
      const isEarly = await condition(() => checkRequested, wait, { summary });
      if (isLast && !isEarly) throw failure('DeadlinePassed', `The deadline passed while waiting: ${reason}`);
      checkRequested = false;
      progress.set({ nextCheckAt: null });
    },
  };
}

/** The result of something that the run can do without; `null` if it fails, and the status then says so. */
export async function bestEffort<Result>(
  { progress }: Pick<OnboardingRun, 'progress'>,
  action: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await action();
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    progress.set({ reason: `${error.activityType} failed, and the run continues: ${activityMessage(error)}` });
    return null;
  }
}

/** The value as a provider knows it. Some providers mark it with the first run id, which continue-as-new keeps. */
export function toTxtTarget({ progress }: OnboardingRun, { zone, name, value }: TxtRecord) {
  return { zone, shown: progress.status.zone, name, value, runId: workflowInfo().firstExecutionRunId };
}

export function connectorRequest({ settings: { accountId }, progress }: OnboardingRun) {
  const { connector } = progress.status;
  if (connector === null) throw new TypeError('The run has no connector yet');
  return { accountId, connectorId: connector.id };
}
