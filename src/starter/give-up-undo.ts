import type { Client, WorkflowHandle } from '@temporalio/client';

import { sendUpdate } from '../client/send-update.ts';
import { giveUpUndoUpdate } from '../contract.ts';
import type { GiveUp, UndoReport } from '../contract.ts';
import { exitCodes } from '../exit-codes.ts';
import { StarterError } from './starter-error.ts';

/**
 * What was undone and left; `null` when it is recorded, and a try that is under way takes longer to end.
 * @throws {StarterError} when there is no undo to give up, or when no worker took the update: it is then not recorded
 */
export async function giveUpUndo(client: Client, handle: WorkflowHandle, givenUp: GiveUp): Promise<UndoReport | null> {
  const outcome = await sendUpdate(client, handle, giveUpUndoUpdate, givenUp);
  switch (outcome.kind) {
    case 'done':
      return outcome.result;
    case 'under-way':
      return null;
    case 'refused':
      throw new StarterError(exitCodes.failed, `Not given up: ${outcome.reason}`);
    case 'not-recorded':
      throw new StarterError(
        exitCodes.noServer,
        'Not recorded: no worker took it in time. Start a worker and try again.',
      );
  }
}
