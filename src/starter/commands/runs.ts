/** `status`, `watch`, `list`, `check-now` and `cancel`: runs that exist. */
import { listDomainRuns } from '../../client/list-domains.ts';
import { cancelRun, checkNow, findRunningRun } from '../../client/run-operations.ts';
import { viewRun } from '../../client/run-view.ts';
import { phasesThatMayBeEnabled } from '../../contract/names/phases.ts';
import { whatDisablingMeans } from '../../messages/sign-in-change.ts';
import { renderList } from '../screens/list.ts';
import { labelWidth } from '../screens/rows.ts';
import { renderView } from '../screens/run.ts';
import {
  addCommand,
  checkAccount,
  jsonDescription,
  jsonFlags,
  outputFor,
  withClient,
  withDomain,
} from './command-context.ts';
import type { CommandContext, CommonOptions } from './command-context.ts';
import { askConsent, createYesOption } from './consent.ts';
import { addExamples } from './examples.ts';
import { exitCodeOf, refusalError } from './outcomes.ts';
import { exitCodeOfRun, watchRun } from './watch-run.ts';

export function addRunCommands(context: CommandContext): void {
  addStatus(context);
  addWatch(context);
  addList(context);
  addCheckNow(context);
  addCancel(context);
}

function addStatus(context: CommandContext): void {
  const status = addCommand(
    context,
    'status <domain>',
    'Show the phase of a run and the reason for it; works without a worker',
  ).action(async (domain: string, options: CommonOptions) => {
    await withDomain(context, domain, options, async (client, { workflowId }) => {
      const view = await viewRun(client, { workflowId });
      if (view === null) throw refusalError({ kind: 'not-found' }, workflowId);
      const output = outputFor(context, options);
      output.print(view, output.fit(renderView(view, new Date(), output.colours, output.columns), labelWidth));
    });
  });
  addExamples(status, 'status example.com', 'status example.com --json | jq .status.evidence');
}

function addWatch(context: CommandContext): void {
  const watch = addCommand(context, 'watch <domain>', 'Show the progress of a run until it ends').action(
    async (domain: string, options: CommonOptions) => {
      await withDomain(context, domain, options, async (client, { workflowId }) => {
        context.exitCode = exitCodeOfRun(await watchRun(client, { workflowId }, outputFor(context, options)));
      });
    },
  );
  addExamples(watch, 'watch example.com', 'watch example.com --json | jq .phase');
}

function addList(context: CommandContext): void {
  const list = context.program
    .command('list')
    .description('List all runs that the namespace still has, newest first')
    .option('--account <id>', 'Only the runs of this Cloudflare account')
    .option(jsonFlags, jsonDescription)
    .action(async (options: CommonOptions) => {
      const output = outputFor(context, options);
      const accountId = options.account === undefined ? null : checkAccount(options.account);
      await withClient(context, async (client) => {
        const runs = listDomainRuns(client, accountId);
        if (options.json === true) {
          for await (const run of runs) output.print(run, []);
          return;
        }
        const all = await Array.fromAsync(runs);
        if (all.length === 0) output.note('There are no runs.');
        else output.print(all, renderList(all, new Date(), output.colours));
      });
    });
  addExamples(list, 'list', `list --json | jq -r 'select(.phase == "waiting-for-approval").emailDomain'`);
}

function addCheckNow(context: CommandContext): void {
  const command = addCommand(
    context,
    'check-now <domain>',
    'End the current wait of an onboarding, and check now',
  ).action(async (domain: string, options: CommonOptions) => {
    await withDomain(context, domain, options, async (client, { workflowId }) => {
      const outcome = await checkNow(client, { workflowId });
      if (outcome.kind !== 'requested') throw refusalError(outcome, workflowId);
      context.exitCode = exitCodeOf[outcome.kind];
      outputFor(context, options).print({ workflowId, outcome: outcome.kind }, ['The onboarding checks now.']);
    });
  });
  addExamples(command, 'check-now example.com');
}

function addCancel(context: CommandContext): void {
  const cancel = addCommand(
    context,
    'cancel <domain>',
    'Cancel a run: an onboarding undoes what it did, an off-boarding stops',
  )
    .addOption(createYesOption())
    .action(async (domain: string, { yes, ...options }: CommonOptions & { yes?: boolean }) => {
      await withDomain(context, domain, options, async (client, { workflowId, emailDomain }) => {
        const run = await findRunningRun(client, { workflowId });
        if (run.kind !== 'running') throw refusalError(run, workflowId);
        if (run.phase !== null && phasesThatMayBeEnabled.has(run.phase)) {
          await askConsent(questionBeforeCancel(emailDomain), yes, context.streams);
        }
        const outcome = await cancelRun(client, { workflowId, runId: run.runId });
        if (outcome.kind !== 'requested') throw refusalError(outcome, workflowId);
        context.exitCode = exitCodeOf[outcome.kind];
        const output = outputFor(context, options);
        const news = 'Cancellation has been requested. "watch" shows how the run ends and what was undone.';
        output.print({ workflowId, outcome: outcome.kind }, output.fit([news], 0));
      });
    });
  addExamples(cancel, 'cancel example.com', 'cancel example.com --yes');
}

function questionBeforeCancel(emailDomain: string) {
  return {
    consequences: [
      `The connector of ${emailDomain} may be enabled already, and is then disabled again.`,
      whatDisablingMeans(emailDomain),
    ],
    question: 'Cancel the onboarding?',
    otherwise: 'Nothing was cancelled.',
  };
}
