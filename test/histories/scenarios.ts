import { onboardingScenarios } from './onboarding-scenarios.ts';
import { otherScenarios } from './other-scenarios.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [...onboardingScenarios, ...otherScenarios];
