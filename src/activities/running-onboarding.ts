import { getClient } from '@temporalio/activity';

import { lookAtRunning } from '../client/start-onboarding.ts';
import type { Running } from '../client/start-onboarding.ts';
import type { OnboardingInput } from '../contract.ts';

export interface RunningOnboardingActivities {
  /** What runs for the input's domain, seen from that input. */
  lookAtRunning: (input: OnboardingInput) => Promise<Running>;
}

export function createRunningOnboardingActivities(): RunningOnboardingActivities {
  return { lookAtRunning: async (input) => await lookAtRunning(getClient(), input) };
}
