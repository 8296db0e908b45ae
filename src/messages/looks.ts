import type { WorkflowKind } from '../contract/names/ids.ts';

/** Why the next look cannot be had now; `null`: it can. */
export function whyNotLookNow(story: WorkflowKind | null): string | null {
  return story === 'offboarding' ? 'Only an onboarding waits for a next look, and this is an off-boarding' : null;
}
