import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import { workflowIdFor } from '../contract/names/ids.ts';
import type { DnsProviderChoice } from '../contract/names/vocabulary.ts';
import { parseDriftInput, withDriftDefaults } from '../contract/schemas/drift.ts';
import type { DriftSettings } from '../contract/schemas/drift.ts';
import type { OffboardingSettings } from '../contract/schemas/offboarding.ts';
import {
  parseInput,
  parseOffboardingInput,
  withDefaults,
  withOffboardingDefaults,
} from '../contract/schemas/onboarding-input.ts';
import type { OnboardingSettings } from '../contract/schemas/onboarding-input.ts';
import type { Parsed, Problem } from '../contract/schemas/parse.ts';
import { listProblems } from '../messages/problems.ts';
import { judgeCallbackUrl } from './call-back.ts';
import type { CallBackSettings } from './call-back.ts';

export interface ValidationActivities {
  /**
   * The input with its defaults.
   * @throws {ApplicationFailure} `InvalidInput` with every problem: any client, in any language, may have started the run
   */
  validateInput: (input: unknown) => Promise<OnboardingSettings>;
  /** The same for an off-boarding. */
  validateOffboarding: (input: unknown) => Promise<OffboardingSettings>;
  /**
   * The same for a look for drift.
   * @throws {ApplicationFailure} `InvalidInput`
   */
  validateDriftInput: (input: unknown) => Promise<DriftSettings>;
}

export function createValidationActivities(
  defaultProvider: DnsProviderChoice,
  callBacks: CallBackSettings | null,
): ValidationActivities {
  return {
    async validateInput(candidate) {
      return await Promise.resolve(withDefaults(accept(parseInput(candidate)), defaultProvider));
    },

    async validateOffboarding(candidate) {
      return await Promise.resolve(withOffboardingDefaults(accept(parseOffboardingInput(candidate))));
    },

    async validateDriftInput(candidate) {
      const parsed = parseDriftInput(candidate);
      if (!parsed.ok) throw invalidInput(parsed.problems);
      const { callbackUrl } = parsed.input;
      const problem = callbackUrl === undefined ? null : judgeCallbackUrl(callbackUrl, callBacks);
      if (problem !== null) throw invalidInput([problem]);
      return await Promise.resolve(withDriftDefaults(parsed.input));
    },
  };

  function accept<Input extends { accountId: string; emailDomain: string; callbackUrl?: string | undefined }>(
    parsed: Parsed<Input>,
  ): Input {
    if (!parsed.ok) throw invalidInput(parsed.problems);
    const { input } = parsed;
    const expected = workflowIdFor(input.accountId, input.emailDomain);
    const { workflowId } = activityInfo().workflowExecution ?? {};
    if (workflowId !== expected) {
      throw invalidInput([
        {
          subject: 'workflow id',
          problem: `the run was started as "${workflowId}", and its input belongs to "${expected}"`,
          remedy: `start it with the id "${expected}": the id is what keeps two runs for one domain apart`,
        },
      ]);
    }
    const problem = input.callbackUrl === undefined ? null : judgeCallbackUrl(input.callbackUrl, callBacks);
    if (problem !== null) throw invalidInput([problem]);
    return input;
  }
}

/** A failure has to stay small: a list of thousands of domains can have as many problems. */
const mostListed = 50;

/** The contract's `InvalidInput`, with the first of the problems where there are very many. */
export function invalidInput(problems: Problem[]): ApplicationFailure {
  const details = problems.slice(0, mostListed);
  const more = problems.length - details.length;
  const message = `The input cannot be used: ${listProblems(details)}${more === 0 ? '' : `; and ${more} more`}`;
  return ApplicationFailure.create({ type: 'InvalidInput', message, nonRetryable: true, details });
}
