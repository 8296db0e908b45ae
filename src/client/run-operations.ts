/** Operations on a run that exists: check now, cancel, and the answers of people. */
import { randomUUID } from 'node:crypto';

import {
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Client, WorkflowHandle, WorkflowUpdateHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';

import { checkNowSignal } from '../contract/handlers.ts';
import { workflowKindOf } from '../contract/names/ids.ts';
import type { WorkflowKind } from '../contract/names/ids.ts';
import type { Phase } from '../contract/names/phases.ts';
import type { Answer, Decision } from '../contract/schemas/answers.ts';
import { whyNotOfThisKind } from '../messages/refusals.ts';
import { describeRun, findNewestOfChain, firstRunIdOf } from './find-runs.ts';
import type { RunTarget } from './find-runs.ts';
import { readPhase, stateOf } from './run-view.ts';

interface OpenRun {
  kind: 'running';
  /** `null`: a workflow type that is not one of a domain's. */
  workflow: WorkflowKind | null;
  phase: Phase | null;
  /** The first run of its chain. */
  runId: string;
  handle: WorkflowHandle;
}

type NotRunning =
  | { kind: 'not-found' }
  /** `phase`: the last that the run reported; `state`: Temporal's word for how it ended. */
  | { kind: 'ended'; workflow: WorkflowKind | null; phase: Phase | null; state: string };

/** Finds the run if it is running. The server accepts the cancellation of a run that has ended, so its state is read first. */
export async function findRunningRun(client: Client, { workflowId, runId }: RunTarget): Promise<OpenRun | NotRunning> {
  const target =
    runId === undefined ? await describeRun(client, workflowId) : await findNewestOfChain(client, workflowId, runId);
  if (target === null) return { kind: 'not-found' };
  const workflow = workflowKindOf(target.type);
  const phase = readPhase(target);
  if (target.status.name !== 'RUNNING') return { kind: 'ended', workflow, phase, state: stateOf(target) };
  return {
    kind: 'running',
    workflow,
    phase,
    runId: firstRunIdOf(target),
    // Bound to the chain: a signal or cancellation must not reach a run that starts after this one.
    handle: client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: firstRunIdOf(target) }),
  };
}

type Rejected = { kind: 'rejected'; reason: string };

/** Ends the current wait of an onboarding. */
export async function checkNow(
  client: Client,
  target: RunTarget,
): Promise<{ kind: 'requested' } | Rejected | NotRunning> {
  const run = await findRunningRun(client, target);
  if (run.kind !== 'running') return run;
  const reason = whyNotOfThisKind(run.workflow, checkNowSignal.name);
  if (reason !== null) return { kind: 'rejected', reason };
  return await unlessEnded(run, async () => {
    await run.handle.signal(checkNowSignal);
    return { kind: 'requested' as const };
  });
}

/** Requests cancellation; an onboarding then undoes what it did, and an off-boarding stops. */
export async function cancelRun(client: Client, target: RunTarget): Promise<{ kind: 'requested' } | NotRunning> {
  const run = await findRunningRun(client, target);
  if (run.kind !== 'running') return run;
  return await unlessEnded(run, async () => {
    await run.handle.cancel();
    return { kind: 'requested' as const };
  });
}

export type AnswerOutcome<Result> =
  | { kind: 'recorded'; workflow: WorkflowKind | null; result: Result }
  | { kind: 'in-progress'; workflow: WorkflowKind | null }
  | { kind: 'not-recorded' }
  | Rejected
  | NotRunning;

/** Without a worker the server keeps no update, and its call would wait without a limit. */
const acceptanceTimeoutMilliseconds = 10_000;
/** A running activity is cancelled at its next heartbeat. */
const resultTimeoutMilliseconds = 60_000;

/** Sends a person's answer as an update to the run, and to no other run. */
export async function sendAnswer<Result>(
  client: Client,
  target: RunTarget,
  update: UpdateDefinition<Result, [Answer]>,
  decision: Decision,
): Promise<AnswerOutcome<Result>> {
  const run = await findRunningRun(client, target);
  if (run.kind !== 'running') return run;
  const reason = whyNotOfThisKind(run.workflow, update.name);
  if (reason !== null) return { kind: 'rejected', reason };
  return await unlessEnded(run, async () => await sendUpdate(client, run, update, decision));
}

async function sendUpdate<Result>(
  client: Client,
  { handle, runId, workflow }: OpenRun,
  definition: UpdateDefinition<Result, [Answer]>,
  decision: Decision,
): Promise<AnswerOutcome<Result>> {
  const deadline = Date.now() + acceptanceTimeoutMilliseconds;
  // The server may deliver it to a worker that starts later; by then its sender has been told that it was not recorded.
  const args: [Answer] = [{ ...decision, runId, notAfter: new Date(deadline).toISOString() }];
  const options = { args, updateId: randomUUID(), waitForStage: 'ACCEPTED' } as const;
  let update: WorkflowUpdateHandle<Result>;
  try {
    update = await client.withDeadline(deadline, async () => await handle.startUpdate(definition, options));
  } catch (error) {
    if (isTimeout(error)) return { kind: 'not-recorded' };
    return rejectedOrThrow(error);
  }
  try {
    const result = await client.withDeadline(Date.now() + resultTimeoutMilliseconds, async () => await update.result());
    return { kind: 'recorded', workflow, result };
  } catch (error) {
    if (isTimeout(error)) return { kind: 'in-progress', workflow };
    return rejectedOrThrow(error);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcServiceError(error);
}

function rejectedOrThrow(error: unknown): Rejected {
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  return { kind: 'rejected', reason: error.cause?.message ?? error.message };
}

/** The run can end between reading its state and the operation. */
async function unlessEnded<Outcome>(
  { workflow, phase }: Pick<OpenRun, 'workflow' | 'phase'>,
  operation: () => Promise<Outcome>,
): Promise<Outcome | NotRunning> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'ended', workflow, phase, state: 'ended' };
    throw error;
  }
}
