/** The Schedule of an account's drift checks. */
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, ScheduleExecutionResult, ScheduleOptions } from '@temporalio/client';

import type { DriftWorkflow } from '../contract/handlers.ts';
import { driftIdFor, driftWorkflowType, onboardingTaskQueue } from '../contract/names/ids.ts';
import { driftInputSchema } from '../contract/schemas/drift.ts';
import type { DriftInput } from '../contract/schemas/drift.ts';
import { parse } from '../contract/schemas/parse.ts';
import { driftRunTitle } from '../messages/run-titles.ts';

export interface DriftSchedule {
  scheduleId: string;
  /** `null`: the Schedule was changed by other means and has no interval. */
  everySeconds: number | null;
  repair: boolean;
  callbackUrl: string | null;
  paused: boolean;
  note: string | null;
  /** ISO 8601; `null`: it is paused. */
  nextAt: string | null;
  /** The last checks that it started, oldest first. */
  recent: ScheduleExecutionResult[];
}

/** The intervals of all accounts begin at the same time. A jitter of this share of the interval spreads their checks. */
const jitterShare = 0.1;
const longestJitterSeconds = 3600;
/** The server's minimum. */
const shortestCatchupSeconds = 10;

/**
 * Creates or replaces the account's Schedule, and starts a first check.
 * @returns whether there was no Schedule before
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
      ...driftRunTitle(input.accountId, input.repair === true),
    },
    policies: {
      // Two checks at the same time would find the same.
      overlap: ScheduleOverlapPolicy.SKIP,
      // After an outage of the server one missed check is made up for, not all of them.
      catchupWindow: Math.max(everySeconds, shortestCatchupSeconds) * 1000,
      pauseOnFailure: false,
    },
    state: { paused: false, note: 'Set by "drift-schedule", which also changes and deletes it' },
  };
  const created = await create(client, { scheduleId, ...settings, memo: { accountId: input.accountId } });
  const handle = client.schedule.getHandle(scheduleId);
  if (!created) await handle.update(() => settings);
  // Without a policy of its own, a triggered check would run beside another and would not be listed as recent.
  await handle.trigger(ScheduleOverlapPolicy.SKIP);
  return { created };
}

/** False if there is a Schedule. */
async function create(client: Client, options: ScheduleOptions): Promise<boolean> {
  try {
    await client.schedule.create(options);
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

/** `null`: there is no Schedule. */
export async function readDriftSchedule(client: Client, accountId: string): Promise<DriftSchedule | null> {
  const scheduleId = driftIdFor(accountId);
  try {
    const { spec, action, state, info } = await client.schedule.getHandle(scheduleId).describe();
    const input = parse(driftInputSchema, action.args?.[0]);
    const every = spec.intervals?.[0]?.every;
    return {
      scheduleId,
      everySeconds: every === undefined ? null : every / 1000,
      repair: input.ok && input.value.repair,
      callbackUrl: (input.ok ? input.value.callbackUrl : undefined) ?? null,
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

/** False if there was no Schedule. */
export async function deleteDriftSchedule(client: Client, accountId: string): Promise<boolean> {
  try {
    await client.schedule.getHandle(driftIdFor(accountId)).delete();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}
