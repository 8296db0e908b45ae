/** `start` and `offboard`: the two stories of a domain, begun from the command line. */
import type { Command } from 'commander';

import { offboarding, onboarding } from '../../client/domain-workflows.ts';
import type { StoryInput, StoryStart } from '../../client/domain-workflows.ts';
import type { OffboardingInput } from '../../contract/schemas/offboarding.ts';
import type { OnboardingInput } from '../../contract/schemas/onboarding-input.ts';
import { whatDisablingMeans, whatEnablingMeans } from '../../messages/sign-in-change.ts';
import { nounOf } from '../../messages/run-titles.ts';
import { accountOf } from './common-options.ts';
import type { CommonOptions } from './common-options.ts';
import { createYesOption } from './consent.ts';
import type { Question } from './consent.ts';
import { addExamples } from './examples.ts';
import { addInputOptions, readInput } from './input-options.ts';
import { outputOf } from '../terminal/output.ts';
import { renderDuration } from '../screens/run.ts';
import { startStory } from './start.ts';
import type { Surroundings } from './command-context.ts';
import { withClient } from './temporal.ts';
import { setExitCode, watchOnboarding } from './watch-run.ts';

interface StoryCommand<Input extends StoryInput> {
  name: string;
  description: string;
  /** What has to be agreed to first; `null`: the story asks again before it changes how people log in. */
  questionOf: (input: Input) => Question | null;
  examples: string[];
}

export function addStart(surroundings: Surroundings): Command {
  return addStory(surroundings, onboarding, {
    name: 'start',
    description: 'onboard a domain, or join the onboarding that is running with the same input',
    questionOf: whetherToEnable,
    examples: [
      'start example.com --follow',
      'start example.com --enablement after-approval --confirm-within-seconds 900',
      'start example.com --yes --follow --json | jq .phase',
    ],
  });
}

export function addOffboard(surroundings: Surroundings): Command {
  return addStory(surroundings, offboarding, {
    name: 'offboard',
    description: 'disable and delete the connector of a domain, and remove its TXT value where an onboarding added it',
    questionOf: whetherToDisable,
    examples: ['offboard example.com --follow', 'offboard example.com --disablement after-approval'],
  });
}

function addStory<Input extends StoryInput>(
  { command, readConfig }: Surroundings,
  story: StoryStart<Input>,
  { name, description, questionOf, examples }: StoryCommand<Input>,
): Command {
  const noun = nounOf(story.name);
  const added = command(`${name} <domain>`, description)
    .option('--follow', 'stay and show the progress until it has ended')
    .addOption(createYesOption())
    .action(async (domain: string, options: CommonOptions & { follow?: boolean; yes?: boolean }) => {
      const config = readConfig();
      const input = readInput(story, accountOf(options, config), domain, { ...options });
      const output = outputOf(options);
      await withClient(config.temporal, async (client) => {
        const consent = { question: questionOf(input), yes: options.yes === true };
        const { workflowId, alreadyRunning } = await startStory(client, story, input, consent);
        const news = alreadyRunning ? 'is already under way with the same input' : 'has been started';
        if (options.follow !== true) {
          output.print({ workflowId, alreadyRunning }, [
            `The ${noun} of ${input.emailDomain} ${news} (${workflowId}).`,
          ]);
          return;
        }
        output.tell(`The ${noun} of ${input.emailDomain} ${news}.`);
        setExitCode(await watchOnboarding(client, workflowId, output));
      });
    });
  return addExamples(addInputOptions(added, story.name), ...examples);
}

function whetherToEnable({ accountId, emailDomain, enablement, confirmWithinSeconds }: OnboardingInput) {
  if (enablement === 'after-approval') return null;
  return {
    consequences: [
      `As soon as ${emailDomain} is verified, its connector is enabled without another question.`,
      whatEnablingMeans(emailDomain, accountId),
      ...(confirmWithinSeconds === undefined
        ? []
        : [
            `It is disabled again after ${renderDuration(confirmWithinSeconds)}, unless somebody confirms that they can log in.`,
          ]),
    ],
    question: 'Start the onboarding?',
    otherwise: 'Nothing was started.',
  };
}

function whetherToDisable({ emailDomain, disablement }: OffboardingInput) {
  if (disablement === 'after-approval') return null;
  return {
    consequences: [
      `The connector of ${emailDomain} is disabled at once, and deleted. None of it is taken back.`,
      whatDisablingMeans(emailDomain),
    ],
    question: 'Start the off-boarding?',
    otherwise: 'Nothing was started.',
  };
}
