/** The Schedule that looks at an account for drift, again and again. */
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, ScheduleExecutionResult, ScheduleOptions } from '@temporalio/client';

import type { DriftWorkflow } from '../contract/handlers.ts';
import { driftIdFor, driftWorkflowType, onboardingTaskQueue } from '../contract/names/ids.ts';
import { parseDriftInput } from '../contract/schemas/drift.ts';
import type { DriftInput } from '../contract/schemas/drift.ts';
import { summariseDriftLook } from '../decisions/drift-report.ts';

export interface DriftSchedule {
  scheduleId: string;
  /** `null`: somebody else made it, by other rules. */
  everySeconds: number | null;
  repair: boolean;
  callbackUrl: string | null;
  paused: boolean;
  note: string | null;
  /** ISO 8601; `null`: it is paused. */
  nextAt: string | null;
  /** The last looks that it started, oldest first. */
  recent: ScheduleExecutionResult[];
}

/** All accounts' intervals begin at the same moment: this share of one, and an hour at most, spreads their looks. */
const jitterShare = 0.1;
const longestJitterSeconds = 3600;
/** The server's own least. */
const shortestCatchupSeconds = 10;

/**
 * Creates or replaces the account's Schedule, and starts a first look.
 * @returns whether there was none before
 */
export async function putDriftSchedule(
  client: Client,
  input: DriftInput,
  everySeconds: number,
): Promise<{ created: boolean }> {
  const scheduleId = driftIdFor(input.accountId);
  const settings = {
    spec: {
      intervals: [{ every: everySeconds * 1000 }],
      jitter: Math.round(Math.min(everySeconds * jitterShare, longestJitterSeconds) * 1000),
    },
    action: {
      type: 'startWorkflow' as const,
      workflowType: driftWorkflowType,
      workflowId: scheduleId,
      taskQueue: onboardingTaskQueue,
      args: [input] satisfies Parameters<DriftWorkflow>,
      ...summariseDriftLook(input.accountId, input.repair === true),
    },
    policies: {
      // Two looks at once would find the same.
      overlap: ScheduleOverlapPolicy.SKIP,
      // After an outage of the server, one missed look is made up for, and not all of them.
      catchupWindow: Math.max(everySeconds, shortestCatchupSeconds) * 1000,
      pauseOnFailure: false,
    },
    state: { paused: false, note: 'Set by "drift-schedule", which also changes it and takes it away' },
  };
  const created = await create(client, { scheduleId, ...settings, memo: { accountId: input.accountId } });
  const handle = client.schedule.getHandle(scheduleId);
  if (!created) await handle.update(() => settings);
  // Without a policy of its own, a look that is asked for would run beside another, and not count as the last one.
  await handle.trigger(ScheduleOverlapPolicy.SKIP);
  return { created };
}

/** False when there is one. */
async function create(client: Client, options: ScheduleOptions): Promise<boolean> {
  try {
    await client.schedule.create(options);
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

/** `null`: there is none. */
export async function readDriftSchedule(client: Client, accountId: string): Promise<DriftSchedule | null> {
  const scheduleId = driftIdFor(accountId);
  try {
    const { spec, action, state, info } = await client.schedule.getHandle(scheduleId).describe();
    const input = parseDriftInput(action.args?.[0]);
    const every = spec.intervals?.[0]?.every;
    return {
      scheduleId,
      everySeconds: every === undefined ? null : every / 1000,
      repair: input.ok && input.input.repair === true,
      callbackUrl: (input.ok ? input.input.callbackUrl : undefined) ?? null,
      paused: state.paused,
      note: state.note ?? null,
      nextAt: state.paused ? null : (info.nextActionTimes[0]?.toISOString() ?? null),
      recent: info.recentActions,
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

/** False when there was none. */
export async function deleteDriftSchedule(client: Client, accountId: string): Promise<boolean> {
  try {
    await client.schedule.getHandle(driftIdFor(accountId)).delete();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}
