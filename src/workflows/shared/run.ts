/** What every step of a run needs: its settings, its progress, activities bounded by the deadline, and durable waits. */
import { ActivityFailure, condition, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';

import { checkNowSignal } from '../../contract/handlers.ts';
import type { StorySettings } from '../../contract/old-contract.ts';
import type { TxtRecord } from '../../contract/schemas/dns.ts';
import type { OnboardingSettings } from '../../contract/schemas/onboarding-input.ts';
import { retryOf } from '../../decisions/timings.ts';
import { nextWaitSeconds } from '../../decisions/polling.ts';
import { reachActivities } from './activities-by-queue.ts';
import type { ActivitiesByQueue } from './activities-by-queue.ts';
import { failure } from './failures.ts';
import type { Progress } from './progress.ts';

/** What both stories need. */
export interface StoryRun<Settings extends StorySettings = StorySettings> extends ActivitiesByQueue {
  readonly settings: Settings;
  readonly progress: Progress;
  /** Until the deadline; negative once it has passed. */
  millisecondsLeft: () => number;
  /** Time in which a human was waited for is not the run's. */
  addToDeadline: (milliseconds: number) => void;
  /** Activities for a look that the story can do without: given up after a few tries. */
  briefly: Pick<ActivitiesByQueue, 'onDns' | 'onProvider'>;
  /** Activities without a deadline, tried slowly and without end: what an undo needs. */
  undoing: Pick<ActivitiesByQueue, 'onCloudflare' | 'onProvider'>;
}

/** An onboarding's: it also waits, for as long as it takes, for what it looks at. */
export interface Run extends StoryRun<OnboardingSettings> {
  /**
   * Waits for the next look of a wait that began at `since` (ISO 8601), or for `checkNow`. The summary is for the UI's
   * timeline, where the server allows 400 bytes; the reason, of any length, is for the status.
   * Continues as new first, when the server suggests it.
   * @throws {ApplicationFailure} `DeadlinePassed`
   */
  waitForNextLook: (wait: { since: string; reason: string; summary: string }) => Promise<void>;
}

/** Milliseconds. A look that has less than this before the deadline would only fail for want of time. */
const roomForALook = 1000;

const attemptsOfABriefLook = 2;
const hour = 3_600_000;

export function createRun<Settings extends StorySettings>(
  settings: Settings,
  progress: Progress,
  deadlineAt: Date,
): StoryRun<Settings> {
  const { pace } = settings;
  let deadline = deadlineAt.getTime();

  const millisecondsLeft = () => deadline - Date.now();
  const untilDeadline = () => Math.max(1, millisecondsLeft());
  const retry = retryOf(pace);
  const slowly = { initialInterval: pace.undoRetrySeconds * 1000, backoffCoefficient: 1 };
  return {
    settings,
    progress,
    ...reachActivities(pace, () => ({ scheduleToCloseTimeout: untilDeadline(), retry })),
    millisecondsLeft,
    addToDeadline(milliseconds) {
      deadline += milliseconds;
      progress.note({ deadlineAt: new Date(deadline).toISOString() });
    },
    briefly: reachActivities(pace, () => ({
      scheduleToCloseTimeout: Math.min(untilDeadline(), attemptsOfABriefLook * pace.attemptSeconds * 1000),
      retry,
    })),
    undoing: {
      onCloudflare: reachActivities(pace, () => ({ retry: slowly })).onCloudflare,
      // Now and then the undo looks anew whether somebody relies on the value.
      onProvider: reachActivities(pace, () => ({ retry: slowly, scheduleToCloseTimeout: hour })).onProvider,
    },
  };
}

export function createOnboardingRun(
  settings: OnboardingSettings,
  progress: Progress,
  deadlineAt: Date,
  continueAsNewRun: () => Promise<never>,
): Run {
  const run = createRun(settings, progress, deadlineAt);
  let checkRequested = false;
  setHandler(
    checkNowSignal,
    () => {
      checkRequested = true;
    },
    { description: 'Look now instead of waiting for the next check' },
  );
  return {
    ...run,
    async waitForNextLook({ since, reason, summary }) {
      // Not between enabling and its read-back: a run that goes on there could not tell its own enabling from another's.
      if (workflowInfo().continueAsNewSuggested && progress.status.phase !== 'enabling') await continueAsNewRun();
      const now = Date.now();
      const left = run.millisecondsLeft();
      const next = nextWaitSeconds((now - Date.parse(since)) / 1000, settings.polling) * 1000;
      const isLast = next > left - roomForALook;
      const wait = Math.max(0, isLast ? left : next);
      progress.note({ reason, nextCheckAt: new Date(now + wait).toISOString() });
      const isEarly = await condition(() => checkRequested, wait, { summary });
      if (isLast && !isEarly) throw failure('DeadlinePassed', `The deadline passed while waiting: ${reason}`);
      checkRequested = false;
      progress.note({ nextCheckAt: null });
    },
  };
}

/**
 * What a look that the story can do without comes to; `null` when it fails, and the reason then says so.
 */
export async function attempt<Result>(
  { progress }: Pick<Run, 'progress'>,
  look: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await look();
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    progress.note({
      reason: `${error.activityType} failed, and the run goes on: ${error.cause?.message ?? error.message}`,
    });
    return null;
  }
}

/** The value as a provider knows it; the first run's id marks it, also after continue-as-new. */
export function toTarget({ progress }: Run, { zone, name, value }: TxtRecord) {
  return { zone, shown: progress.status.zone, name, value, runId: workflowInfo().firstExecutionRunId };
}
