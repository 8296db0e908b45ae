import type { Client } from '@temporalio/client';

import { startOrJoin } from '../client/start-story.ts';
import type { StoryInput, StoryStart } from '../client/stories.ts';
import { clashes } from '../decisions/clashes.ts';
import { exitCodes } from '../exit-codes.ts';
import { StarterError } from './starter-error.ts';

export interface Started {
  workflowId: string;
  /** True when a run with the same input was under way already. */
  alreadyRunning: boolean;
}

/**
 * Starts the story, or finds the run of it that is under way with the same input.
 * @throws {StarterError} when something else is running for the domain; shows both
 */
export async function startStory<Input extends StoryInput>(
  client: Client,
  story: StoryStart<Input>,
  input: Input,
): Promise<Started> {
  const outcome = await startOrJoin(client, story, input);
  if (outcome.kind !== 'other') {
    return { workflowId: outcome.workflowId, alreadyRunning: outcome.kind === 'joined' };
  }
  throw new StarterError(
    exitCodes.failed,
    `${input.emailDomain} was not started. ${clashes[outcome.because]}.\n` +
      `  running: ${JSON.stringify(outcome.input)}\n  asked:   ${JSON.stringify(input)}\n` +
      'Wait for it, or cancel it and start again.',
  );
}
