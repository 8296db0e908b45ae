import type { Client } from '@temporalio/client';

import { startOrJoin } from '../client/start-onboarding.ts';
import type { OnboardingInput } from '../contract.ts';
import { exitCodes } from '../exit-codes.ts';
import { StarterError } from './starter-error.ts';

export interface Started {
  workflowId: string;
  /** True when a run with the same input was under way already. */
  alreadyRunning: boolean;
}

const clashes = {
  'being-undone': 'An onboarding of it is being undone',
  'other-input': 'An onboarding of it is running with another input',
  'other-workflow': 'Other work on it is under way',
};

/**
 * Starts the onboarding, or finds the one that is running with the same input.
 * @throws {StarterError} when one is running with another input; shows both
 */
export async function startOnboarding(client: Client, input: OnboardingInput): Promise<Started> {
  const outcome = await startOrJoin(client, input);
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
