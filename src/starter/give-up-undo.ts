import type { Client, WorkflowHandle } from '@temporalio/client';

import { sendUpdate } from '../client/send-update.ts';
import { giveUpUndoUpdate } from '../contract.ts';
import type { GiveUp, UndoReport } from '../contract.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CommonOptions } from './common-options.ts';
import { addExamples } from './examples.ts';
import { StarterError } from './starter-error.ts';
import type { Surroundings } from './surroundings.ts';

export function addGiveUpUndo({ command, forRunning }: Surroundings): void {
  const giveUp = command(
    'give-up-undo <domain>',
    'end an undo that cannot be finished; what is left is reported by name',
  )
    .requiredOption('--by <who>', 'who gives it up (required)')
    .requiredOption('--reason <why>', 'why (required)')
    .action(async (domain: string, { by, reason, ...options }: CommonOptions & GiveUp) => {
      await forRunning(domain, options, async (handle, client) => {
        const report = await giveUpUndo(client, handle, { by, reason });
        if (report === null) return 'Recorded; a try is still under way. "watch" shows how it ends.';
        const { left } = report;
        return left.length === 0
          ? 'Nothing was left.'
          : `Left as it is:\n${left.map((line) => `  - ${line}`).join('\n')}`;
      });
    });
  addExamples(giveUp, 'give-up-undo example.com --by alex --reason "the zone has moved to another provider"');
}

/**
 * What was undone and left; `null` when it is recorded, and a try that is under way takes longer to end.
 * @throws {StarterError} when there is no undo to give up, or when no worker took the update: it is then not recorded
 */
async function giveUpUndo(client: Client, handle: WorkflowHandle, givenUp: GiveUp): Promise<UndoReport | null> {
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
