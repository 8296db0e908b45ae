/** Drift checks: starts one or joins the one in progress, and reads the last scheduled one. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client, ScheduleExecutionResult, WorkflowHandle } from '@temporalio/client';

import type { DriftWorkflow } from '../contract/handlers.ts';
import { driftIdFor, driftWorkflowType, onboardingTaskQueue } from '../contract/names/ids.ts';
import { driftInputSchema } from '../contract/schemas/drift.ts';
import type { DriftReport, DriftSettings } from '../contract/schemas/drift.ts';
import { parse } from '../contract/schemas/parse.ts';
import { driftRunTitle } from '../messages/run-titles.ts';
import { readDriftSchedule } from './drift-schedule.ts';
import { describeRun, readInput } from './find-runs.ts';

interface DriftStarted {
  kind: 'started' | 'joined';
  handle: WorkflowHandle<DriftWorkflow>;
}

/**
 * Joins a check in progress that does all that is asked for, else starts one. Waits for the end of a check that does less,
 * because it does not repair.
 * @param onWaiting called if there is a check to wait for
 */
export async function startOrJoinDrift(
  client: Client,
  input: DriftSettings,
  onWaiting: () => void,
): Promise<DriftStarted> {
  for (;;) {
    const running = await findRunningCheck(client, input.accountId);
    if (running === null) {
      const handle = await startCheck(client, input);
      if (handle !== null) return { kind: 'started', handle };
      // Somebody else has just started one.
      continue;
    }
    const theirs = parse(driftInputSchema, await readInput(client, running.workflowId, running.runId));
    const doesEnough = theirs.ok && (theirs.value.repair || !input.repair);
    const handle = client.workflow.getHandle<DriftWorkflow>(running.workflowId, running.runId);
    if (doesEnough) return { kind: 'joined', handle };
    onWaiting();
    await handle.result().catch(ignoreOutcome);
  }
}

/** `null`: a check is running. */
async function startCheck(client: Client, input: DriftSettings): Promise<WorkflowHandle<DriftWorkflow> | null> {
  try {
    return await client.workflow.start<DriftWorkflow>(driftWorkflowType, {
      workflowId: driftIdFor(input.accountId),
      taskQueue: onboardingTaskQueue,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      ...driftRunTitle(input.accountId, input.repair),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

interface CheckRun {
  workflowId: string;
  runId: string;
}

/** A check that somebody started, or that the Schedule started. */
async function findRunningCheck(client: Client, accountId: string): Promise<CheckRun | null> {
  const workflowId = driftIdFor(accountId);
  const manual = await describeRun(client, workflowId);
  if (manual?.status.name === 'RUNNING') return { workflowId, runId: manual.runId };
  const schedule = await readDriftSchedule(client, accountId);
  const latest = schedule?.recent.at(-1);
  if (latest === undefined) return null;
  const run = toCheckRun(latest);
  return (await describeRun(client, run.workflowId, run.runId))?.status.name === 'RUNNING' ? run : null;
}

type LastCheck =
  | { kind: 'no-schedule' }
  /** The Schedule has started no check yet, or the server has deleted them. */
  | { kind: 'none' }
  | { kind: 'done'; report: DriftReport }
  /** The last check ended without a report. */
  | { kind: 'failed'; handle: WorkflowHandle<DriftWorkflow> };

/** The last scheduled check that has ended. Starts none. */
export async function readLastCheck(client: Client, accountId: string): Promise<LastCheck> {
  const schedule = await readDriftSchedule(client, accountId);
  if (schedule === null) return { kind: 'no-schedule' };
  for (const started of schedule.recent.toReversed()) {
    const { workflowId, runId } = toCheckRun(started);
    const description = await describeRun(client, workflowId, runId);
    if (description === null || description.status.name === 'RUNNING') continue;
    const handle = client.workflow.getHandle<DriftWorkflow>(workflowId, runId);
    return description.status.name === 'COMPLETED'
      ? { kind: 'done', report: await handle.result() }
      : { kind: 'failed', handle };
  }
  return { kind: 'none' };
}

function toCheckRun({ action }: ScheduleExecutionResult): CheckRun {
  const { workflowId, firstExecutionRunId: runId } = action.workflow;
  return { workflowId, runId };
}

function ignoreOutcome(): void {
  // It is not the check that was asked for.
}
