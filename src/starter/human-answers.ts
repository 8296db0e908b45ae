/** What people say to a run that waits for them: yes, no, and "I could log in". */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Command } from 'commander';

import { sendUpdate } from '../client/send-update.ts';
import { approveUpdate, confirmUpdate, rejectUpdate } from '../contract.ts';
import type { Decision } from '../contract.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CommonOptions } from './common-options.ts';
import { StarterError } from './starter-error.ts';

interface AnswerCommand {
  name: string;
  description: string;
  update: UpdateDefinition<unknown, [Decision]>;
  /** What it then says. */
  done: string;
}

const answers: readonly AnswerCommand[] = [
  {
    name: 'approve <domain>',
    description: 'let the connector be enabled: from then on every user of the domain logs in through it',
    update: approveUpdate,
    done: 'Approved. It is being enabled; "watch" shows how it ends.',
  },
  {
    name: 'reject <domain>',
    description: 'do not let it be enabled; what the onboarding did is taken back',
    update: rejectUpdate,
    done: 'Rejected. What it did is being taken back; "watch" shows how it ends.',
  },
  {
    name: 'confirm <domain>',
    description: 'say that somebody could log in, so that the connector stays enabled',
    update: confirmUpdate,
    done: 'Confirmed. It stays enabled.',
  },
];

interface Surroundings {
  command: (nameAndArguments: string, description: string) => Command;
  forRunning: (
    domain: string,
    options: CommonOptions,
    act: (handle: WorkflowHandle, client: Client) => Promise<string>,
  ) => Promise<void>;
}

export function addAnswerCommands({ command, forRunning }: Surroundings): void {
  for (const { name, description, update, done } of answers) {
    command(name, description)
      .requiredOption('--by <who>', 'who says so')
      .requiredOption('--reason <why>', 'why, or how they know')
      .action(async (domain: string, { by, reason, ...options }: CommonOptions & Decision) => {
        await forRunning(domain, options, async (handle, client) => {
          const outcome = await sendUpdate(client, handle, update, { by, reason });
          switch (outcome.kind) {
            case 'done':
            case 'under-way':
              return done;
            case 'refused':
              throw new StarterError(exitCodes.failed, `Not recorded: ${outcome.reason}`);
            case 'not-recorded':
              throw new StarterError(
                exitCodes.noServer,
                'Not recorded: no worker took it in time. Start a worker and try again.',
              );
          }
        });
      });
  }
}
