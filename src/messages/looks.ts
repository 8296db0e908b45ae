import type { Story } from '../contract/old-contract.ts';

/** Why the next look cannot be had now; `null`: it can. */
export function whyNotLookNow(story: Story | null): string | null {
  return story === 'offboarding' ? 'Only an onboarding waits for a next look, and this is an off-boarding' : null;
}
