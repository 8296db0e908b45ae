/** How each of a domain's two workflowKinds is started; they share the domain's workflow id, so that only one of them runs. */
import type { DomainRequest } from '../contract/handlers.ts';
import { workflowKinds, workflowTypes } from '../contract/names/ids.ts';
import type { WorkflowKind } from '../contract/names/ids.ts';
import type { OffboardingInput } from '../contract/schemas/offboarding.ts';
import { parseInput, parseOffboardingInput } from '../contract/schemas/onboarding-input.ts';
import type { OnboardingInput } from '../contract/schemas/onboarding-input.ts';
import type { Parsed } from '../contract/schemas/parse.ts';
import { summariseOffboarding, summariseOnboarding } from '../messages/run-titles.ts';
import type { StorySummary } from '../messages/run-titles.ts';

export type StoryInput = OnboardingInput | OffboardingInput;

export interface StoryStart<Input extends StoryInput> {
  name: WorkflowKind;
  parse: (candidate: unknown) => Parsed<Input>;
  /** What Temporal's UI says of a run, whoever starts it. */
  summarise: (input: Input) => StorySummary;
  /** For a workflow, which starts it by its name. */
  request: (input: Input) => DomainRequest;
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
export function storyOf(workflowType: string): WorkflowKind | null {
  return workflowKinds.find((story) => workflowTypes[story] === workflowType) ?? null;
}
