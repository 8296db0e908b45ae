import type { Client } from '@temporalio/client';

import { lookAtRunning, startOrJoin } from '../client/start-onboarding.ts';
import type { Running } from '../client/start-onboarding.ts';
import { workflowIdFor } from '../contract.ts';
import type { OnboardingInput } from '../contract.ts';
import { exitCodes } from '../exit-codes.ts';
import { askConsent, whatEnablingMeans } from './consent.ts';
import type { Question } from './consent.ts';
import { renderDuration } from './render.ts';
import { StarterError } from './starter-error.ts';

export interface Started {
  workflowId: string;
  /** True when a run with the same input was under way already. */
  alreadyRunning: boolean;
}

type Other = Extract<Running, { kind: 'other' }>;

const clashes: Record<Other['because'], string> = {
  'being-undone': 'An onboarding of it is being undone',
  'other-input': 'An onboarding of it is running with another input',
  'other-workflow': 'Other work on it is under way',
};

/**
 * Starts the onboarding, or finds the one that is running with the same input. Asks before it starts one that will enable
 * the connector without another question.
 *
 * @param yes that question is answered already
 * @throws {StarterError} when one is running with another input (shows both), and when the answer is no
 */
export async function startOnboarding(client: Client, input: OnboardingInput, yes: boolean): Promise<Started> {
  if (input.enablement !== 'after-approval' && !yes) {
    const running = await lookAtRunning(client, input);
    if (running.kind === 'other') throw clash(running, input);
    if (running.kind === 'same-input') {
      return { workflowId: workflowIdFor(input.accountId, input.emailDomain), alreadyRunning: true };
    }
    await askConsent(questionOf(input), yes);
  }
  const outcome = await startOrJoin(client, input);
  if (outcome.kind === 'other') throw clash(outcome, input);
  return { workflowId: outcome.workflowId, alreadyRunning: outcome.kind === 'joined' };
}

function questionOf({ accountId, emailDomain, confirmWithinSeconds }: OnboardingInput): Question {
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

function clash({ because, input: running }: Other, input: OnboardingInput): StarterError {
  return new StarterError(
    exitCodes.failed,
    `${input.emailDomain} was not started. ${clashes[because]}.\n` +
      `  running: ${JSON.stringify(running)}\n  asked:   ${JSON.stringify(input)}\n` +
      'Wait for it, or cancel it and start again.',
  );
}
