/** How each of a domain's two stories is started; they share the domain's workflow id, so that only one of them runs. */
import { stories } from '../contract/old-contract.ts';
import type { OnboardingInput, Story } from '../contract/old-contract.ts';
import { workflowTypeOf } from '../contract/old-offboarding.ts';
import type { OffboardingInput, StoryRequest } from '../contract/old-offboarding.ts';
import { summariseOffboarding, summariseOnboarding } from '../messages/run-titles.ts';
import type { StorySummary } from '../messages/run-titles.ts';
import { parseInput, parseOffboardingInput } from '../contract/schemas/onboarding-input.ts';
import type { Parsed } from '../contract/schemas/parse.ts';

export type StoryInput = OnboardingInput | OffboardingInput;

export interface StoryStart<Input extends StoryInput> {
  name: Story;
  parse: (candidate: unknown) => Parsed<Input>;
  /** What Temporal's UI says of a run, whoever starts it. */
  summarise: (input: Input) => StorySummary;
  /** For a workflow, which starts it by its name. */
  request: (input: Input) => StoryRequest;
}

export const onboarding: StoryStart<OnboardingInput> = {
  name: 'onboarding',
  parse: parseInput,
  summarise: summariseOnboarding,
  request: (input) => ({ story: 'onboarding', input }),
};

export const offboarding: StoryStart<OffboardingInput> = {
  name: 'offboarding',
  parse: parseOffboardingInput,
  summarise: summariseOffboarding,
  request: (input) => ({ story: 'offboarding', input }),
};

/** `null`: none of ours. */
export function storyOf(workflowType: string): Story | null {
  return stories.find((story) => workflowTypeOf[story] === workflowType) ?? null;
}
