/** `start` and `offboard`: the two stories of a domain, begun from the command line. */
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';

import { offboarding, onboarding } from '../client/stories.ts';
import type { StoryInput, StoryStart } from '../client/stories.ts';
import type { StarterConfig } from '../config.ts';
import type { CommonOptions } from './common-options.ts';
import { addInputOptions, readInput } from './input-options.ts';
import type { Output } from './output.ts';
import { startStory } from './start-story.ts';
import { withClient } from './temporal.ts';

interface Surroundings {
  command: (nameAndArguments: string, description: string) => Command;
  readConfig: () => StarterConfig;
  accountOf: (options: CommonOptions, config: StarterConfig) => string;
  outputOf: (options: CommonOptions) => Output;
  /** Shows the progress until it has ended, and sets the exit code. */
  follow: (client: Client, workflowId: string, output: Output) => Promise<void>;
}

export function addStoryCommands(surroundings: Surroundings): void {
  const { command, readConfig, accountOf, outputOf, follow } = surroundings;

  function addStory<Input extends StoryInput>(
    story: StoryStart<Input>,
    { name, description, noun }: { name: string; description: string; noun: string },
  ): void {
    addInputOptions(command(`${name} <domain>`, description), story.name)
      .option('--follow', 'stay and show the progress until it has ended')
      .action(async (domain: string, options: CommonOptions & { follow?: boolean }) => {
        const config = readConfig();
        const input = readInput(story, accountOf(options, config), domain, { ...options });
        const output = outputOf(options);
        await withClient(config.temporal, async (client) => {
          const { workflowId, alreadyRunning } = await startStory(client, story, input);
          const news = alreadyRunning ? 'is already under way with the same input' : 'has been started';
          if (options.follow !== true) {
            output.print({ workflowId, alreadyRunning }, [
              `The ${noun} of ${input.emailDomain} ${news} (${workflowId}).`,
            ]);
            return;
          }
          output.warn(`The ${noun} of ${input.emailDomain} ${news}.`);
          await follow(client, workflowId, output);
        });
      });
  }

  addStory(onboarding, {
    name: 'start',
    description: 'onboard a domain, or say that it is under way',
    noun: 'onboarding',
  });
  addStory(offboarding, {
    name: 'offboard',
    description:
      'disable and delete the connector of a domain, and remove its TXT value where an onboarding published it',
    noun: 'off-boarding',
  });
}
