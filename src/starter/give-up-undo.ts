import { randomUUID } from 'node:crypto';

import {
  isGrpcServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Client, WorkflowHandle } from '@temporalio/client';

import { giveUpUndoUpdate } from '../contract.ts';
import type { GiveUp, UndoReport } from '../contract.ts';
import { exitCodes } from '../exit-codes.ts';
import { StarterError } from './starter-error.ts';

/** Without a worker an update is recorded nowhere and would hang for ever. */
const updateTimeoutMilliseconds = 10_000;

/** @throws {StarterError} when there is no undo to give up, or when no worker took the update: it is then not recorded */
export async function giveUpUndo(client: Client, handle: WorkflowHandle, givenUp: GiveUp): Promise<UndoReport> {
  try {
    return await client.withDeadline(
      Date.now() + updateTimeoutMilliseconds,
      async () => await handle.executeUpdate(giveUpUndoUpdate, { args: [givenUp], updateId: randomUUID() }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      throw new StarterError(exitCodes.failed, `Not given up: ${error.cause?.message ?? error.message}`);
    }
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcServiceError(error)) {
      throw new StarterError(
        exitCodes.noServer,
        'Not recorded: no worker took it in time. Start a worker and try again.',
      );
    }
    throw error;
  }
}
