/** Why something that was asked for cannot be done. */
import type { WorkflowKind } from '../contract/names/ids.ts';
import type { ConflictReason } from '../contract/names/vocabulary.ts';

/** Why the workflow of a domain was not started. */
export const conflictMessages: Record<ConflictReason, string> = {
  'being-undone': 'An onboarding of this domain is being undone',
  'other-input': 'A run for this domain is in progress with another input',
  onboarding: 'An onboarding of this domain is in progress',
  offboarding: 'An off-boarding of this domain is in progress',
  'other-workflow': 'Another workflow is running under the workflow id of this domain',
};

/** Why `check-now` makes no sense; `null`: it does. */
export function whyNoCheckNow(kind: WorkflowKind | null): string | null {
  return kind === 'offboarding' ? 'Only an onboarding waits for a next check, and this is an off-boarding' : null;
}
