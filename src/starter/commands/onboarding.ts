/** The commands about the stories of domains: starting them, looking at them, ending them. */
import { readPhase, viewOnboarding } from '../../client/run-view.ts';
import { storyOf } from '../../client/domain-workflows.ts';
import { checkNowSignal } from '../../contract/handlers.ts';
import { parseWorkflowId } from '../../contract/names/ids.ts';
import { phasesThatMayBeEnabled } from '../../contract/names/phases.ts';
import { whatDisablingMeans } from '../../messages/sign-in-change.ts';
import { checkAccount } from './common-options.ts';
import { whyNotLookNow } from '../../messages/looks.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import type { CommonOptions } from './common-options.ts';
import { askConsent, createYesOption } from './consent.ts';
import { addExamples } from './examples.ts';
import { listOnboardings } from '../../client/list-domains.ts';
import { outputOf } from '../terminal/output.ts';
import { renderList } from '../screens/list.ts';
import { labelWidth, renderView } from '../screens/run.ts';
import { StarterError } from './starter-error.ts';
import { addOffboard, addStart } from './domain.ts';
import { noOnboarding } from './command-context.ts';
import type { Surroundings } from './command-context.ts';
import { withClient } from './temporal.ts';
import { setExitCode, watchOnboarding } from './watch-run.ts';

type AskingOptions = CommonOptions & { yes?: boolean };

export function addOnboardingCommands(surroundings: Surroundings): void {
  addStart(surroundings);
  addOffboard(surroundings);
  addStatus(surroundings);
  addWatch(surroundings);
  addList(surroundings);
  addCheckNow(surroundings);
  addCancel(surroundings);
}

function addStatus({ command, forOnboarding }: Surroundings): void {
  const status = command(
    'status <domain>',
    'where an onboarding stands, and why; answers also without a worker',
  ).action(async (domain: string, options: CommonOptions) => {
    await forOnboarding(domain, options, async (client, workflowId) => {
      const view = await viewOnboarding(client, workflowId);
      if (view === null) throw noOnboarding(workflowId);
      const output = outputOf(options);
      output.print(view, output.fit(renderView(view, new Date(), output.colours, output.columns), labelWidth));
    });
  });
  addExamples(status, 'status example.com', 'status example.com --json | jq .status.evidence');
}

function addWatch({ command, forOnboarding }: Surroundings): void {
  const watch = command('watch <domain>', 'show the progress of an onboarding until it has ended').action(
    async (domain: string, options: CommonOptions) => {
      await forOnboarding(domain, options, async (client, workflowId) => {
        setExitCode(await watchOnboarding(client, workflowId, outputOf(options)));
      });
    },
  );
  addExamples(watch, 'watch example.com', 'watch example.com --json | jq .phase');
}

function addList({ program, readConfig }: Surroundings): void {
  const list = program
    .command('list')
    .description('all onboardings that the namespace remembers, newest first')
    .option('--account <id>', 'of this Cloudflare account only')
    .option('--json', 'one JSON object a line, and nothing else, on standard output')
    .action(async (options: CommonOptions) => {
      const output = outputOf(options);
      const accountId = options.account === undefined ? null : checkAccount(options.account);
      await withClient(readConfig().temporal, async (client) => {
        const entries = listOnboardings(client, accountId);
        if (options.json === true) {
          for await (const entry of entries) output.print(entry, []);
          return;
        }
        const all = await Array.fromAsync(entries);
        if (all.length === 0) output.tell('There are no onboardings.');
        else output.print(all, renderList(all, new Date(), output.colours));
      });
    });
  addExamples(list, 'list', `list --json | jq -r 'select(.phase == "waiting-for-approval").emailDomain'`);
}

function addCheckNow({ command, forRunning }: Surroundings): void {
  const checkNow = command('check-now <domain>', 'look now instead of waiting for the next check').action(
    async (domain: string, options: CommonOptions) => {
      await forRunning(domain, options, async (handle, _client, { type }) => {
        const obstacle = whyNotLookNow(storyOf(type));
        if (obstacle !== null) throw new StarterError(exitCodes.failed, `${obstacle}.`);
        await handle.signal(checkNowSignal);
        return 'It looks now.';
      });
    },
  );
  addExamples(checkNow, 'check-now example.com');
}

function addCancel({ command, forRunning }: Surroundings): void {
  const cancel = command(
    'cancel <domain>',
    'stop an onboarding, and take back what it did; an off-boarding stops where it is',
  )
    .addOption(createYesOption())
    .action(async (domain: string, { yes, ...options }: AskingOptions) => {
      await forRunning(domain, options, async (handle, _client, description) => {
        const emailDomain = parseWorkflowId(handle.workflowId)?.emailDomain ?? domain;
        const phase = readPhase(description);
        if (phase !== null && phasesThatMayBeEnabled.has(phase)) {
          const question = {
            consequences: [
              `The connector of ${emailDomain} may be enabled already, and is then disabled again.`,
              whatDisablingMeans(emailDomain),
            ],
            question: 'Cancel the onboarding?',
            otherwise: 'Nothing was cancelled.',
          };
          await askConsent(question, yes === true);
        }
        await handle.cancel();
        return 'Its cancellation has been requested. "watch" shows how it ends, and what was taken back.';
      });
    });
  addExamples(cancel, 'cancel example.com', 'cancel example.com --yes');
}
