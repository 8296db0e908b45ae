import { randomUUID } from 'node:crypto';

import {
  isGrpcServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Client, WorkflowHandle, WorkflowUpdateHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';

import type { Answer } from '../contract/schemas/answers.ts';

/** Without a worker an update is recorded nowhere and would hang for ever. */
const acceptanceTimeoutMilliseconds = 10_000;
/** An activity that is under way hears of it at its next heartbeat. */
const resultTimeoutMilliseconds = 60_000;

export type UpdateOutcome<Result> =
  | { kind: 'done'; result: Result }
  /** Recorded; what it asks for takes longer. */
  | { kind: 'under-way' }
  /** No worker took it in time. */
  | { kind: 'not-recorded' }
  /** The workflow said no. */
  | { kind: 'refused'; reason: string };

/** Sends an update, and never calls it recorded unless it is. An error of the server's, such as "no such run", is thrown. */
export async function sendUpdate<Result>(
  client: Client,
  handle: WorkflowHandle,
  definition: UpdateDefinition<Result, [Answer]>,
  answer: Answer,
): Promise<UpdateOutcome<Result>> {
  const deadline = Date.now() + acceptanceTimeoutMilliseconds;
  // The server may hand it to a worker that comes up later; by then its sender has been told that nobody took it.
  const args: [Answer] = [{ ...answer, notAfter: new Date(deadline).toISOString() }];
  const options = { args, updateId: randomUUID(), waitForStage: 'ACCEPTED' } as const;
  let update: WorkflowUpdateHandle<Result>;
  try {
    update = await client.withDeadline(deadline, async () => await handle.startUpdate(definition, options));
  } catch (error) {
    if (isTimeout(error)) return { kind: 'not-recorded' };
    return refusedOrThrow(error);
  }
  try {
    const result = await client.withDeadline(Date.now() + resultTimeoutMilliseconds, async () => await update.result());
    return { kind: 'done', result };
  } catch (error) {
    if (isTimeout(error)) return { kind: 'under-way' };
    return refusedOrThrow(error);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcServiceError(error);
}

function refusedOrThrow(error: unknown): { kind: 'refused'; reason: string } {
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  return { kind: 'refused', reason: error.cause?.message ?? error.message };
}
