/** What people say to a run that waits for them: yes, no, and "I could log in". */
import type { UpdateDefinition } from '@temporalio/common';

import { sendUpdate } from '../../client/send-update.ts';
import { firstRunOf } from '../../client/start-run.ts';
import { storyOf } from '../../client/domain-workflows.ts';
import { approveUpdate, confirmUpdate, rejectUpdate } from '../../contract/handlers.ts';
import { parseWorkflowId } from '../../contract/names/ids.ts';
import type { WorkflowKind } from '../../contract/names/ids.ts';
import type { Answer, Decision } from '../../contract/schemas/answers.ts';
import { whatDisablingMeans, whatEnablingMeans } from '../../messages/sign-in-change.ts';
import type { CommonOptions } from './common-options.ts';
import { askConsent, createYesOption } from './consent.ts';
import type { Question } from './consent.ts';
import { addExamples } from './examples.ts';
import { requireRecorded } from './recorded.ts';
import type { Surroundings } from './command-context.ts';

interface AnswerCommand {
  name: string;
  description: string;
  update: UpdateDefinition<unknown, [Answer]>;
  /** Asked before it is sent; left out by those that do not change how people log in. */
  ask?: (emailDomain: string, accountId: string, story: WorkflowKind | null) => Question;
  /** What it then says. */
  done: (story: WorkflowKind | null) => string;
  example: string;
}

const answers: readonly AnswerCommand[] = [
  {
    name: 'approve <domain>',
    description: 'let the connector be enabled (or disabled, by an off-boarding), for everybody of the domain',
    update: approveUpdate,
    ask: (emailDomain, accountId, story) => ({
      consequences:
        story === 'offboarding'
          ? [`The connector of ${emailDomain} is then disabled, at once, and deleted.`, whatDisablingMeans(emailDomain)]
          : [`The connector of ${emailDomain} is then enabled, at once.`, whatEnablingMeans(emailDomain, accountId)],
      question: 'Approve it?',
      otherwise: 'Nothing was approved.',
    }),
    example: 'approve example.com --by alex --reason "the identity provider has been tested"',
    done: (story) =>
      `Approved. It is being ${story === 'offboarding' ? 'disabled' : 'enabled'}; "watch" shows how it ends.`,
  },
  {
    name: 'reject <domain>',
    description: 'do not let it be enabled (what the onboarding did is taken back), or disabled',
    update: rejectUpdate,
    example: 'reject example.com --by kim --reason "not before the weekend"',
    done: (story) =>
      story === 'offboarding'
        ? 'Rejected. Nothing is changed.'
        : 'Rejected. What it did is being taken back; "watch" shows how it ends.',
  },
  {
    name: 'confirm <domain>',
    description: 'say that somebody could log in, so that the connector stays enabled',
    update: confirmUpdate,
    example: 'confirm example.com --by alex --reason "I could log in"',
    done: () => 'Confirmed. It stays enabled.',
  },
];

export function addAnswerCommands({ command, forRunning }: Surroundings): void {
  for (const { name, description, update, ask, done, example } of answers) {
    const answer = command(name, description)
      .requiredOption('--by <who>', 'who says so (required)')
      .requiredOption('--reason <why>', 'why, or how they know (required)')
      .action(async (domain: string, { by, reason, yes, ...options }: CommonOptions & Decision & { yes?: boolean }) => {
        await forRunning(domain, options, async (handle, client, run) => {
          const story = storyOf(run.type);
          const id = parseWorkflowId(handle.workflowId);
          if (ask !== undefined && id !== null)
            await askConsent(ask(id.emailDomain, id.accountId, story), yes === true);
          const said = { by, reason, runId: firstRunOf(run) };
          requireRecorded(await sendUpdate(client, handle, update, said), 'Not recorded');
          return done(story);
        });
      });
    if (ask !== undefined) answer.addOption(createYesOption());
    addExamples(answer, example);
  }
}
