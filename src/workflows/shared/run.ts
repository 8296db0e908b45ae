/** What every step of a domain's run needs: settings, timings, progress, and activities that end at the deadline. */
import type { AccountDomain } from '../../contract/names/ids.ts';
import type { ApprovalSettings } from '../../contract/schemas/fields.ts';
import { retryPolicy } from '../../decisions/timings.ts';
import type { Timings } from '../../decisions/timings.ts';
import { activitiesByQueue } from './activities-by-queue.ts';
import type { ActivitiesByQueue } from './activities-by-queue.ts';
import type { DomainProgress } from './progress.ts';

/** The settings of both workflows of a domain. */
interface DomainSettings extends AccountDomain {
  approval: ApprovalSettings;
  callbackUrl?: string | undefined;
  deadlineSeconds: number;
}

export interface DomainRun<
  Settings extends DomainSettings = DomainSettings,
  Progress extends DomainProgress = DomainProgress,
> extends ActivitiesByQueue {
  readonly settings: Settings;
  readonly timings: Timings;
  readonly progress: Progress;
  /** Until the deadline; negative once it has passed. */
  millisecondsLeft: () => number;
  /** Time spent waiting for a person does not count. */
  extendDeadline: (milliseconds: number) => void;
}

/**
 * The deadline is the one in the status; a new run has none there, and gets `deadlineSeconds` from its start. Not from now: on
 * a busy worker the time right after a local activity can be another one when the run is replayed.
 */
export function createRun<Settings extends DomainSettings, Progress extends DomainProgress>(
  settings: Settings,
  timings: Timings,
  progress: Progress,
): DomainRun<Settings, Progress> {
  const { startedAt, deadlineAt } = progress.status;
  let deadline = deadlineAt === null ? Date.parse(startedAt) + settings.deadlineSeconds * 1000 : Date.parse(deadlineAt);
  const millisecondsLeft = () => deadline - Date.now();
  const extendDeadline = (milliseconds: number) => {
    deadline += milliseconds;
    progress.set({ deadlineAt: new Date(deadline).toISOString() });
  };
  extendDeadline(0);
  return {
    settings,
    timings,
    progress,
    ...activitiesByQueue(timings.timeouts, () => ({
      scheduleToCloseTimeout: Math.max(1, millisecondsLeft()),
      retry: retryPolicy(timings.retry),
    })),
    millisecondsLeft,
    extendDeadline,
  };
}
