import { sendUpdate } from '../../client/send-update.ts';
import { giveUpUndoUpdate } from '../../contract/handlers.ts';
import type { Decision } from '../../contract/schemas/answers.ts';
import type { CommonOptions } from './common-options.ts';
import { addExamples } from './examples.ts';
import { requireRecorded } from './recorded.ts';
import type { Surroundings } from './command-context.ts';

export function addGiveUpUndo({ command, forRunning }: Surroundings): void {
  const giveUp = command(
    'give-up-undo <domain>',
    'end an undo that cannot be finished; what is left is reported by name',
  )
    .requiredOption('--by <who>', 'who gives it up (required)')
    .requiredOption('--reason <why>', 'why (required)')
    .action(async (domain: string, { by, reason, ...options }: CommonOptions & Decision) => {
      await forRunning(domain, options, async (handle, client) => {
        const outcome = await sendUpdate(client, handle, giveUpUndoUpdate, { by, reason });
        const report = requireRecorded(outcome, 'Not given up');
        if (report === null) return 'Recorded; a try is still under way. "watch" shows how it ends.';
        const { left } = report;
        return left.length === 0
          ? 'Nothing was left.'
          : `Left as it is:\n${left.map((line) => `  - ${line}`).join('\n')}`;
      });
    });
  addExamples(giveUp, 'give-up-undo example.com --by alex --reason "the zone has moved to another provider"');
}
