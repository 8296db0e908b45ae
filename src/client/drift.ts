/** Looks for drift: asking for one, joining the one under way, and what the Schedule's last one came to. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client, ScheduleExecutionResult, WorkflowHandle } from '@temporalio/client';

import type { DriftWorkflow } from '../contract/handlers.ts';
import { driftIdFor, driftWorkflowType, onboardingTaskQueue } from '../contract/names/ids.ts';
import { parseDriftInput } from '../contract/schemas/drift.ts';
import type { DriftInput, DriftReport } from '../contract/schemas/drift.ts';
import { summariseDriftLook } from '../decisions/drift-report.ts';
import { describeRun } from './describe-run.ts';
import { readDriftSchedule } from './drift-schedule.ts';
import { readInput } from './start-run.ts';

export interface DriftLookHandle {
  handle: WorkflowHandle<DriftWorkflow>;
  /** It was under way already. */
  joined: boolean;
}

/**
 * A look that is under way and does all that is asked for, else a new one. One that does less than asked for, because it
 * does not repair, is waited for.
 *
 * @param onWaiting called when there is one to be waited for
 */
export async function lookForDrift(client: Client, input: DriftInput, onWaiting: () => void): Promise<DriftLookHandle> {
  for (;;) {
    const running = await findRunningLook(client, input.accountId);
    if (running === null) {
      const started = await startLook(client, input);
      if (started !== null) return { handle: started, joined: false };
      // Somebody else has just started one.
      continue;
    }
    const theirs = parseDriftInput(await readInput(client, running.workflowId, running.runId));
    const doesEnough = theirs.ok && (theirs.input.repair === true || input.repair !== true);
    const handle = client.workflow.getHandle<DriftWorkflow>(running.workflowId, running.runId);
    if (doesEnough) return { handle, joined: true };
    onWaiting();
    await handle.result().catch(ignoreHowItEnded);
  }
}

/** `null`: one is running. */
async function startLook(client: Client, input: DriftInput): Promise<WorkflowHandle<DriftWorkflow> | null> {
  try {
    return await client.workflow.start<DriftWorkflow>(driftWorkflowType, {
      workflowId: driftIdFor(input.accountId),
      taskQueue: onboardingTaskQueue,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      ...summariseDriftLook(input.accountId, input.repair === true),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

interface Look {
  workflowId: string;
  runId: string;
}

/** One that somebody asked for, or that the Schedule started. */
async function findRunningLook(client: Client, accountId: string): Promise<Look | null> {
  const workflowId = driftIdFor(accountId);
  const asked = await describeRun(client, workflowId);
  if (asked?.status.name === 'RUNNING') return { workflowId, runId: asked.runId };
  const schedule = await readDriftSchedule(client, accountId);
  const latest = schedule?.recent.at(-1);
  if (latest === undefined) return null;
  const look = toLook(latest);
  return (await describeRun(client, look.workflowId, look.runId))?.status.name === 'RUNNING' ? look : null;
}

export type LastLook =
  | { kind: 'no-schedule' }
  /** The Schedule has not started any yet, or the server no longer remembers them. */
  | { kind: 'none' }
  | { kind: 'done'; report: DriftReport }
  /** The last one ended without a report. */
  | { kind: 'failed'; handle: WorkflowHandle<DriftWorkflow> };

/** What the Schedule's last look that has ended came to. Looks at nothing itself. */
export async function readLastLook(client: Client, accountId: string): Promise<LastLook> {
  const schedule = await readDriftSchedule(client, accountId);
  if (schedule === null) return { kind: 'no-schedule' };
  for (const started of schedule.recent.toReversed()) {
    const { workflowId, runId } = toLook(started);
    const look = await describeRun(client, workflowId, runId);
    if (look === null || look.status.name === 'RUNNING') continue;
    const handle = client.workflow.getHandle<DriftWorkflow>(workflowId, runId);
    return look.status.name === 'COMPLETED'
      ? { kind: 'done', report: await handle.result() }
      : { kind: 'failed', handle };
  }
  return { kind: 'none' };
}

function toLook({ action }: ScheduleExecutionResult): Look {
  const { workflowId, firstExecutionRunId: runId } = action.workflow;
  return { workflowId, runId };
}

function ignoreHowItEnded(): void {
  // It is not the look that was asked for.
}
