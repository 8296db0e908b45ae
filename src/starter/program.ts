/** The admin's command line: its commands, options and help. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { Command, Option } from 'commander';

import type { LookUpConfig, StarterConfig } from '../config.ts';
import type { GiveUp } from '../contract.ts';
import { checkNowSignal, workflowIdFor } from '../contract.ts';
import { normaliseEmailDomain } from '../domains/email-domain.ts';
import { exitCodes } from '../exit-codes.ts';
import { addBulkCommand } from './bulk.ts';
import type { CommonOptions } from './common-options.ts';
import { dnsEpilogue, inspectDns } from './dns.ts';
import { addDoctorCommand } from './doctor.ts';
import { addDriftCommands } from './drift.ts';
import { giveUpUndo } from './give-up-undo.ts';
import { addAnswerCommands } from './human-answers.ts';
import { listOnboardings } from './list-onboardings.ts';
import { viewOnboarding } from '../client/onboarding-view.ts';
import type { OnboardingView } from '../client/onboarding-view.ts';
import { createOutput } from './output.ts';
import type { Output } from './output.ts';
import { renderDns } from './render-dns.ts';
import { renderView } from './render.ts';
import { StarterError } from './starter-error.ts';
import { withClient } from './temporal.ts';
import { addStoryCommands } from './story-commands.ts';
import { watchOnboarding } from './watch-onboarding.ts';

const epilogue = `
Exit codes:
  0  done; for "start --follow" and "watch": the connector is enabled
  1  the onboarding failed, was cancelled or terminated, or another input is running; for "dns", "doctor" and "drift": something is wrong
  2  wrong usage or configuration; nothing was started
  3  no such onboarding
  4  no Temporal server could be reached

Examples:
  npm run starter -- start example.com --follow
  npm run starter -- status example.com
  npm run starter -- bulk acquisition.csv
  npm run --silent starter -- watch example.com --json | jq .phase
  npm run starter -- doctor example.com
  npm run starter -- dns example.com --value cloudflare_dashboard_sso=…

Where Temporal is comes from TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE … or temporal.toml.`;

/** Both throw a ConfigError, and are asked only once a command really runs, so that `--help` always works. */
export interface ConfigReaders {
  readConfig: () => StarterConfig;
  readLookUpConfig: () => LookUpConfig;
}

export function createProgram({ readConfig, readLookUpConfig }: ConfigReaders): Command {
  const program = new Command('starter')
    .description('Onboards e-mail domains to Cloudflare dashboard SSO.')
    .addHelpText('after', epilogue)
    .showHelpAfterError('(add --help for usage)')
    .exitOverride();

  function command(nameAndArguments: string, description: string): Command {
    return program
      .command(nameAndArguments)
      .description(description)
      .addOption(new Option('--account <id>', 'Cloudflare account id (default: CLOUDFLARE_ACCOUNT_ID)'))
      .option('--json', 'one JSON object a line, and nothing else, on standard output');
  }

  addStoryCommands({
    command,
    readConfig,
    accountOf,
    outputOf,
    async follow(client, workflowId, output) {
      setExitCode(await watchOnboarding(client, workflowId, output));
    },
  });

  command('status <domain>', 'where an onboarding stands, and why').action(
    async (domain: string, options: CommonOptions) => {
      await forOnboarding(domain, options, async (client, workflowId) => {
        const view = await viewOnboarding(client, workflowId);
        if (view === null) throw notFound(workflowId);
        outputOf(options).print(view, renderView(view, new Date()));
      });
    },
  );

  command('watch <domain>', 'show the progress until it has ended').action(
    async (domain: string, options: CommonOptions) => {
      await forOnboarding(domain, options, async (client, workflowId) => {
        setExitCode(await watchOnboarding(client, workflowId, outputOf(options)));
      });
    },
  );

  command('check-now <domain>', 'look now instead of waiting for the next check').action(
    async (domain: string, options: CommonOptions) => {
      await forRunning(domain, options, async (handle) => {
        await handle.signal(checkNowSignal);
        return 'It looks now.';
      });
    },
  );

  command('give-up-undo <domain>', 'end an undo that cannot be finished; what is left is reported by name')
    .requiredOption('--by <who>', 'who gives it up')
    .requiredOption('--reason <why>', 'why')
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

  addAnswerCommands({ command, forRunning });

  command('cancel <domain>', 'stop an onboarding, and take back what it did; an off-boarding stops where it is').action(
    async (domain: string, options: CommonOptions) => {
      await forRunning(domain, options, async (handle) => {
        await handle.cancel();
        return 'Its cancellation has been requested. "watch" shows how it ends, and "status" what was taken back.';
      });
    },
  );

  program
    .command('list')
    .description('all onboardings that the namespace remembers, newest first')
    .option('--account <id>', 'of this Cloudflare account only')
    .option('--json', 'one JSON object a line, and nothing else, on standard output')
    .action(async (options: CommonOptions) => {
      const output = outputOf(options);
      await withClient(readConfig().temporal, async (client) => {
        for await (const entry of listOnboardings(client, options.account ?? null)) {
          const columns = [
            entry.startedAt,
            entry.accountId,
            entry.emailDomain.padEnd(30),
            entry.state.padEnd(10),
            entry.phase ?? '',
          ];
          output.print(entry, [columns.join('  ').trimEnd()]);
        }
      });
    });

  program
    .command('dns <domain>')
    .description('what DNS shows of a domain, and what is wrong with it; needs no Temporal')
    .option('--value <text>', 'the TXT value to look for')
    .option('--json', 'one JSON object, and nothing else, on standard output')
    .addHelpText('after', dnsEpilogue)
    .action(async (domain: string, { value, ...options }: CommonOptions & { value?: string }) => {
      const report = await inspectDns(readLookUpConfig(), domain, value);
      outputOf(options).print(report, renderDns(report));
      process.exitCode = report.sound ? exitCodes.success : exitCodes.failed;
    });

  addBulkCommand(program, { readConfig, accountOf });
  addDoctorCommand(program);
  addDriftCommands({ command, readConfig, accountOf, outputOf });

  async function forOnboarding(
    domain: string,
    options: CommonOptions,
    use: (client: Client, workflowId: string) => Promise<void>,
  ): Promise<void> {
    const config = readConfig();
    const normal = normaliseEmailDomain(domain);
    if (!normal.ok) throw new StarterError(exitCodes.usage, `${normal.reason}\n→ ${normal.remedy}`);
    const workflowId = workflowIdFor(accountOf(options, config), normal.emailDomain);
    await withClient(config.temporal, async (client) => {
      await use(client, workflowId);
    });
  }

  async function forRunning(
    domain: string,
    options: CommonOptions,
    act: (handle: WorkflowHandle, client: Client) => Promise<string>,
  ): Promise<void> {
    await forOnboarding(domain, options, async (client, workflowId) => {
      try {
        const handle = client.workflow.getHandle(workflowId);
        // The server takes a cancellation of a run that has ended without a word.
        const { status } = await handle.describe();
        if (status.name !== 'RUNNING') {
          throw new StarterError(
            exitCodes.notFound,
            `The onboarding ${workflowId} has ended already (${status.name}).`,
          );
        }
        const news = await act(handle, client);
        outputOf(options).print({ workflowId, done: true }, [news]);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) throw notFound(workflowId);
        throw error;
      }
    });
  }

  return program;
}

function outputOf({ json }: CommonOptions): Output {
  return createOutput(json === true, process.stdout, process.stderr);
}

function accountOf({ account }: CommonOptions, { accountId }: StarterConfig): string {
  const chosen = account ?? accountId;
  if (chosen !== null) return chosen;
  throw new StarterError(
    exitCodes.usage,
    'Which Cloudflare account? Use --account <id>, or set CLOUDFLARE_ACCOUNT_ID.',
  );
}

function notFound(workflowId: string): StarterError {
  return new StarterError(exitCodes.notFound, `No onboarding is running or remembered as ${workflowId}.`);
}

function setExitCode({ result }: OnboardingView): void {
  process.exitCode = result === null ? exitCodes.failed : exitCodes.success;
}
