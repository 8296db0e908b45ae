import { randomUUID } from 'node:crypto';

import {
  isGrpcServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Client, WorkflowHandle, WorkflowUpdateHandle } from '@temporalio/client';

import { giveUpUndoUpdate } from '../contract.ts';
import type { GiveUp, UndoReport } from '../contract.ts';
import { exitCodes } from '../exit-codes.ts';
import { StarterError } from './starter-error.ts';

/** Without a worker an update is recorded nowhere and would hang for ever. */
const acceptanceTimeoutMilliseconds = 10_000;
/** A try that is under way hears of it at its next heartbeat. */
const resultTimeoutMilliseconds = 60_000;

/**
 * What was undone and left; `null` when it is recorded, and a try that is under way takes longer to end.
 * @throws {StarterError} when there is no undo to give up, or when no worker took the update: it is then not recorded
 */
export async function giveUpUndo(client: Client, handle: WorkflowHandle, givenUp: GiveUp): Promise<UndoReport | null> {
  const options = { args: [givenUp] as [GiveUp], updateId: randomUUID(), waitForStage: 'ACCEPTED' } as const;
  let update: WorkflowUpdateHandle<UndoReport>;
  try {
    update = await client.withDeadline(
      Date.now() + acceptanceTimeoutMilliseconds,
      async () => await handle.startUpdate(giveUpUndoUpdate, options),
    );
  } catch (error) {
    if (isTimeout(error)) {
      throw new StarterError(
        exitCodes.noServer,
        'Not recorded: no worker took it in time. Start a worker and try again.',
      );
    }
    throw refused(error);
  }
  try {
    return await client.withDeadline(Date.now() + resultTimeoutMilliseconds, async () => await update.result());
  } catch (error) {
    if (isTimeout(error)) return null;
    throw refused(error);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcServiceError(error);
}

function refused(error: unknown): unknown {
  if (!(error instanceof WorkflowUpdateFailedError)) return error;
  return new StarterError(exitCodes.failed, `Not given up: ${error.cause?.message ?? error.message}`);
}
