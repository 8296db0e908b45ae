import type { Client } from '@temporalio/client';

import { lookAtRunning, startOrJoin } from '../../client/start-run.ts';
import type { Running } from '../../client/start-run.ts';
import type { StoryInput, StoryStart } from '../../client/domain-workflows.ts';
import { workflowIdFor } from '../../contract/names/ids.ts';
import { clashes } from '../../messages/refusals.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { askConsent } from './consent.ts';
import type { Question } from './consent.ts';
import { StarterError } from './starter-error.ts';

export interface Started {
  workflowId: string;
  /** True when a run with the same input was under way already. */
  alreadyRunning: boolean;
}

/**
 * Starts the story, or finds the run of it that is under way with the same input. Asks before it starts one.
 *
 * @param question `null`: this one changes nothing about how people log in without asking again
 * @param yes the question is answered already
 * @throws {StarterError} when something else is running for the domain (shows both), and when the answer is no
 */
export async function startStory<Input extends StoryInput>(
  client: Client,
  story: StoryStart<Input>,
  input: Input,
  { question, yes }: { question: Question | null; yes: boolean },
): Promise<Started> {
  if (question !== null && !yes) {
    const running = await lookAtRunning(client, story, input);
    if (running.kind === 'other') throw clash(running, input);
    if (running.kind === 'same-input') {
      return { workflowId: workflowIdFor(input.accountId, input.emailDomain), alreadyRunning: true };
    }
    await askConsent(question, yes);
  }
  const outcome = await startOrJoin(client, story, input);
  if (outcome.kind === 'other') throw clash(outcome, input);
  return { workflowId: outcome.workflowId, alreadyRunning: outcome.kind === 'joined' };
}

function clash({ because, input: running }: Extract<Running, { kind: 'other' }>, input: StoryInput): StarterError {
  return new StarterError(
    exitCodes.failed,
    `${input.emailDomain} was not started. ${clashes[because]}.\n` +
      `  running: ${JSON.stringify(running)}\n  asked:   ${JSON.stringify(input)}\n` +
      'Wait for it, or cancel it and start again.',
  );
}
