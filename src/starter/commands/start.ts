/** `start` and `offboard`: start a workflow of a domain, or join the run in progress. */
import type { Client } from '@temporalio/client';

import { parseRequest } from '../../client/domain-workflows.ts';
import type { ParsedRequest } from '../../client/domain-workflows.ts';
import { compareWithRunning, startOrJoin } from '../../client/start-run.ts';
import type { StartOutcome } from '../../client/start-run.ts';
import { workflowIdFor } from '../../contract/names/ids.ts';
import type { WorkflowKind } from '../../contract/names/ids.ts';
import type { OffboardingSettings } from '../../contract/schemas/offboarding.ts';
import type { ParsedOnboardingInput } from '../../contract/schemas/onboarding-input.ts';
import { nounOf } from '../../messages/run-titles.ts';
import { whatDisablingMeans, whatEnablingMeans } from '../../messages/sign-in-change.ts';
import { renderDuration } from '../screens/duration.ts';
import type { Streams } from '../terminal/streams.ts';
import { addCommand, outputFor, requireAccount, withClient } from './command-context.ts';
import type { CommandContext, CommonOptions } from './command-context.ts';
import { askConsent, createYesOption } from './consent.ts';
import type { ConsentQuestion } from './consent.ts';
import { addExamples } from './examples.ts';
import { addInputOptions, inputError, inputOptionsOf } from './input-options.ts';
import { conflictError, exitCodeOf } from './outcomes.ts';
import { collectInput } from './schema-options.ts';
import { exitCodeOfRun, watchRun } from './watch-run.ts';

interface StartCommand {
  kind: WorkflowKind;
  name: string;
  description: string;
  examples: string[];
}

const start: StartCommand = {
  kind: 'onboarding',
  name: 'start',
  description: 'Onboard a domain, or join the run in progress if it has the same input',
  examples: [
    'start example.com --follow',
    'start example.com --enablement after-approval --confirm-within-seconds 900',
    'start example.com --yes --follow --json | jq .phase',
  ],
};

const offboard: StartCommand = {
  kind: 'offboarding',
  name: 'offboard',
  description: 'Disable and delete the connector of a domain; remove its TXT value if an onboarding published it',
  examples: ['offboard example.com --follow', 'offboard example.com --disablement after-approval'],
};

export function addStartCommands(context: CommandContext): void {
  addStartCommand(context, start);
  addStartCommand(context, offboard);
}

interface Options extends CommonOptions {
  follow?: boolean;
  yes?: boolean;
}

function addStartCommand(context: CommandContext, { kind, name, description, examples }: StartCommand): void {
  const inputOptions = inputOptionsOf(kind);
  const command = addCommand(context, `${name} <domain>`, description)
    .option('--follow', 'Show the progress until the run ends')
    .addOption(createYesOption())
    .action(async (domain: string, options: Options) => {
      const accountId = requireAccount(context, options);
      const input = { accountId, emailDomain: domain, ...collectInput(inputOptions, { ...options }) };
      const parsed = parseRequest(kind, input);
      if (!parsed.ok) throw inputError(parsed.problems);
      const request = parsed.value;
      const output = outputFor(context, options);
      await withClient(context, async (client) => {
        const outcome = await startWithConsent(client, request, options.yes, context.streams);
        if (outcome.kind === 'conflict') throw conflictError(outcome, request);
        const { kind: what, workflowId, runId } = outcome;
        const sentence = `The ${nounOf(kind)} of ${request.input.emailDomain} ${news[what]}`;
        context.exitCode = exitCodeOf[what];
        if (options.follow !== true) {
          output.print({ workflowId, runId, outcome: what }, [`${sentence} (${workflowId}).`]);
          return;
        }
        output.note(`${sentence}.`);
        context.exitCode = exitCodeOfRun(await watchRun(client, { workflowId, runId }, output));
      });
    });
  addExamples(addInputOptions(command, inputOptions), ...examples);
}

const news = { started: 'has been started', joined: 'is already running with the same input' };

/**
 * Asks only before it starts a run that changes how people sign in without asking again.
 * @throws {StarterError} without consent
 */
async function startWithConsent(
  client: Client,
  request: ParsedRequest,
  yes: boolean | undefined,
  streams: Streams,
): Promise<StartOutcome> {
  const question = questionBefore(request);
  if (question !== null && yes !== true) {
    const workflowId = workflowIdFor(request.input.accountId, request.input.emailDomain);
    const running = await compareWithRunning(client, request);
    if (running.kind === 'conflict') return { ...running, workflowId };
    if (running.kind === 'same-input') return { kind: 'joined', workflowId, runId: running.runId };
    await askConsent(question, yes, streams);
  }
  return await startOrJoin(client, request);
}

/** `null`: the run waits for approval before it changes how people sign in. */
function questionBefore(request: ParsedRequest): ConsentQuestion | null {
  return request.kind === 'onboarding' ? questionBeforeEnabling(request.input) : questionBeforeDisabling(request.input);
}

function questionBeforeEnabling(input: ParsedOnboardingInput): ConsentQuestion | null {
  const { accountId, emailDomain, enablement, confirmWithinSeconds } = input;
  if (enablement === 'after-approval') return null;
  return {
    consequences: [
      `As soon as ${emailDomain} is verified, its connector is enabled without another question.`,
      whatEnablingMeans(emailDomain, accountId),
      ...(confirmWithinSeconds === undefined
        ? []
        : [
            `The connector is disabled again after ${renderDuration(confirmWithinSeconds)} unless somebody confirms that they can sign in.`,
          ]),
    ],
    question: 'Start the onboarding?',
    otherwise: 'Nothing was started.',
  };
}

function questionBeforeDisabling({ emailDomain, disablement }: OffboardingSettings): ConsentQuestion | null {
  if (disablement === 'after-approval') return null;
  return {
    consequences: [
      `The connector of ${emailDomain} is disabled at once and then deleted. This cannot be undone.`,
      whatDisablingMeans(emailDomain),
    ],
    question: 'Start the off-boarding?',
    otherwise: 'Nothing was started.',
  };
}
