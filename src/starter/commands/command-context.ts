/** What commands about the onboarding of one domain have in common. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import type { Command } from 'commander';

import { storyOf } from '../../client/domain-workflows.ts';
import type { StarterConfig } from '../../config/starter.ts';
import { workflowIdFor } from '../../contract/names/ids.ts';
import { nounOf } from '../../messages/run-titles.ts';
import { normaliseEmailDomain } from '../../domains/email-domain.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { accountOf } from './common-options.ts';
import type { CommonOptions } from './common-options.ts';
import { outputOf } from '../terminal/output.ts';
import { StarterError } from './starter-error.ts';
import { withClient } from './temporal.ts';

export interface Surroundings {
  program: Command;
  /** A command with the options that every one of them has. */
  command: (nameAndArguments: string, description: string) => Command;
  readConfig: () => StarterConfig;
  forOnboarding: (
    domain: string,
    options: CommonOptions,
    use: (client: Client, workflowId: string) => Promise<void>,
  ) => Promise<void>;
  /** Prints what `act` answers; a StarterError when there is no onboarding of it under way. */
  forRunning: (
    domain: string,
    options: CommonOptions,
    act: (handle: WorkflowHandle, client: Client, description: WorkflowExecutionDescription) => Promise<string>,
  ) => Promise<void>;
}

export function createSurroundings(program: Command, readConfig: () => StarterConfig): Surroundings {
  const forOnboarding: Surroundings['forOnboarding'] = async (domain, options, use) => {
    const config = readConfig();
    const normal = normaliseEmailDomain(domain);
    if (!normal.ok) throw new StarterError(exitCodes.usage, `${normal.reason}\n→ ${normal.remedy}`);
    const workflowId = workflowIdFor(accountOf(options, config), normal.emailDomain);
    await withClient(config.temporal, async (client) => {
      await use(client, workflowId);
    });
  };

  return {
    program,
    readConfig,
    forOnboarding,

    command: (nameAndArguments, description) =>
      program
        .command(nameAndArguments)
        .description(description)
        .option('--account <id>', 'Cloudflare account id (default: CLOUDFLARE_ACCOUNT_ID)')
        .option('--json', 'one JSON object a line, and nothing else, on standard output'),

    async forRunning(domain, options, act) {
      await forOnboarding(domain, options, async (client, workflowId) => {
        try {
          const handle = client.workflow.getHandle(workflowId);
          // The server takes a cancellation of a run that has ended without a word.
          const description = await handle.describe();
          if (description.status.name !== 'RUNNING') {
            throw new StarterError(
              exitCodes.notFound,
              `The ${nounOf(storyOf(description.type))} ${workflowId} has ended already (${description.status.name}).`,
            );
          }
          const news = await act(handle, client, description);
          const output = outputOf(options);
          output.print({ workflowId, done: true }, output.fit(news.split('\n'), 0));
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) throw noOnboarding(workflowId);
          throw error;
        }
      });
    },
  };
}

export function noOnboarding(workflowId: string): StarterError {
  return new StarterError(exitCodes.notFound, `No onboarding is running or remembered as ${workflowId}.`);
}
