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

/** Signals and updates that an off-boarding does not accept, by name. */
const onboardingOnly: Readonly<Record<string, string | undefined>> = {
  checkNow: 'waits for a next check',
  confirm: 'is confirmed',
  giveUpUndo: 'is undone',
};

/** Why a run does not accept a signal or an update, because of its kind; `null`: it may accept it. */
export function whyNotOfThisKind(kind: WorkflowKind | null, name: string): string | null {
  const what = onboardingOnly[name];
  return kind !== 'offboarding' || what === undefined
    ? null
    : `Only an onboarding ${what}, but this is an off-boarding`;
}
