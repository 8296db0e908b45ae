/** `approve`, `reject`, `confirm` and `give-up-undo`: answers of people to a run. */
import type { UpdateDefinition } from '@temporalio/common';

import { findRunningRun, sendAnswer } from '../../client/run-operations.ts';
import type { AnswerOutcome } from '../../client/run-operations.ts';
import { approveUpdate, confirmUpdate, giveUpUndoUpdate, rejectUpdate } from '../../contract/handlers.ts';
import type { WorkflowKind } from '../../contract/names/ids.ts';
import type { Answer, Decision } from '../../contract/schemas/answers.ts';
import { whatDisablingMeans, whatEnablingMeans } from '../../messages/sign-in-change.ts';
import { addCommand, outputFor, withDomain } from './command-context.ts';
import type { CommandContext, CommonOptions, DomainTarget } from './command-context.ts';
import { askConsent, createYesOption } from './consent.ts';
import type { ConsentQuestion } from './consent.ts';
import { addExamples } from './examples.ts';
import { exitCodeOf, refusalError } from './outcomes.ts';

interface AnswerCommand<Result> {
  name: string;
  description: string;
  /** What `--by` and `--reason` are for. */
  by: string;
  reason: string;
  update: UpdateDefinition<Result, [Answer]>;
  /** The question before it is sent; left out where it does not change how people sign in. */
  questionBefore?: (target: DomainTarget, workflow: WorkflowKind | null) => ConsentQuestion;
  /** What is said once the answer is recorded. */
  describe: (outcome: Accepted<Result>) => string[];
  example: string;
}

type Accepted<Result> = Extract<AnswerOutcome<Result>, { kind: 'recorded' | 'in-progress' }>;

export function addAnswerCommands(context: CommandContext): void {
  addAnswerCommand(context, {
    name: 'approve <domain>',
    description: 'Approve enabling the connector for everybody at the domain; in an off-boarding, disabling it',
    by: 'Who approves (required)',
    reason: 'Why (required)',
    update: approveUpdate,
    questionBefore: questionBeforeApproval,
    example: 'approve example.com --by alex --reason "the identity provider has been tested"',
    describe: ({ workflow }) => [
      `Approved. The connector is being ${workflow === 'offboarding' ? 'disabled' : 'enabled'}; "watch" shows how the run ends.`,
    ],
  });
  addAnswerCommand(context, {
    name: 'reject <domain>',
    description: 'Reject the change: an onboarding undoes what it did, an off-boarding changes nothing',
    by: 'Who rejects (required)',
    reason: 'Why (required)',
    update: rejectUpdate,
    example: 'reject example.com --by kim --reason "not before the weekend"',
    describe: ({ workflow }) => [
      workflow === 'offboarding'
        ? 'Rejected. Nothing is changed.'
        : 'Rejected. The onboarding undoes what it did; "watch" shows how it ends.',
    ],
  });
  addAnswerCommand(context, {
    name: 'confirm <domain>',
    description: 'Confirm that somebody could sign in, so that the connector stays enabled',
    by: 'Who confirms (required)',
    reason: 'How they know (required)',
    update: confirmUpdate,
    example: 'confirm example.com --by alex --reason "I could sign in"',
    describe: () => ['Confirmed. The connector stays enabled.'],
  });
  addAnswerCommand(context, {
    name: 'give-up-undo <domain>',
    description: 'End an undo that cannot be completed, and list what is left',
    by: 'Who gives up (required)',
    reason: 'Why (required)',
    update: giveUpUndoUpdate,
    example: 'give-up-undo example.com --by alex --reason "the zone has moved to another provider"',
    describe(outcome) {
      if (outcome.kind === 'in-progress') {
        return ['Recorded. An attempt is still running; "watch" shows how the run ends.'];
      }
      const { left } = outcome.result;
      return left.length === 0 ? ['Nothing is left.'] : ['Left:', ...left.map((line) => `  - ${line}`)];
    },
  });
}

function addAnswerCommand<Result>(
  context: CommandContext,
  { name, description, by, reason, update, questionBefore, describe, example }: AnswerCommand<Result>,
): void {
  const command = addCommand(context, name, description)
    .requiredOption('--by <who>', by)
    .requiredOption('--reason <why>', reason)
    .action(async (domain: string, { yes, ...options }: CommonOptions & Decision & { yes?: boolean }) => {
      await withDomain(context, domain, options, async (client, target) => {
        const { workflowId } = target;
        const run = await findRunningRun(client, { workflowId });
        if (run.kind !== 'running') throw refusalError(run, workflowId);
        if (questionBefore !== undefined) {
          await askConsent(questionBefore(target, run.workflow), yes, context.streams);
        }
        const decision = { by: options.by, reason: options.reason };
        const outcome = await sendAnswer(client, { workflowId, runId: run.runId }, update, decision);
        if (outcome.kind !== 'recorded' && outcome.kind !== 'in-progress') throw refusalError(outcome, workflowId);
        context.exitCode = exitCodeOf[outcome.kind];
        const output = outputFor(context, options);
        output.print({ workflowId, outcome: outcome.kind }, output.fit(describe(outcome), 0));
      });
    });
  if (questionBefore !== undefined) command.addOption(createYesOption());
  addExamples(command, example);
}

function questionBeforeApproval(
  { emailDomain, accountId }: DomainTarget,
  workflow: WorkflowKind | null,
): ConsentQuestion {
  return {
    consequences:
      workflow === 'offboarding'
        ? [`The connector of ${emailDomain} is disabled at once and then deleted.`, whatDisablingMeans(emailDomain)]
        : [`The connector of ${emailDomain} is enabled at once.`, whatEnablingMeans(emailDomain, accountId)],
    question: 'Approve it?',
    otherwise: 'Nothing was approved.',
  };
}
