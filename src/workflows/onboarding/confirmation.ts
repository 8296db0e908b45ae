/** After enabling: unless somebody who can sign in confirms in time, the connector is disabled again. */
import { condition, setHandler } from '@temporalio/workflow';

import { confirmUpdate } from '../../contract/handlers.ts';
import type { Answer, ConfirmationState } from '../../contract/schemas/answers.ts';
import type { OnboardingStatus } from '../../contract/schemas/onboarding-status.ts';
import { breakGlassCommand } from '../../messages/sign-in-change.ts';
import { requireAnswer } from '../shared/answers.ts';
import { failure } from '../shared/failures.ts';
import { notify } from '../shared/notify.ts';
import type { Progress } from '../shared/progress.ts';
import type { OnboardingRun } from './onboarding-run.ts';

/** Accepts a confirmation in `waiting-for-confirmation`, and rejects it at any other time. */
export function handleConfirmation(progress: Progress<OnboardingStatus>): void {
  setHandler(
    confirmUpdate,
    ({ by, reason }) => {
      const confirmation = requireOpenRequest(progress);
      const confirmed = { ...confirmation, confirmed: { by, reason, at: new Date().toISOString() } };
      progress.set({ confirmation: confirmed });
      return confirmed;
    },
    {
      validator: (answer: Answer) => {
        requireAnswer(answer);
        requireOpenRequest(progress);
      },
      description: 'Confirm that somebody could sign in: who, and how they know',
    },
  );
}

function requireOpenRequest({ status: { phase, confirmation } }: Progress<OnboardingStatus>): ConfirmationState {
  if (phase !== 'waiting-for-confirmation' || confirmation === null) {
    throw new TypeError(`The onboarding does not wait for confirmation: it is in the phase ${phase}`);
  }
  if (confirmation.confirmed === null) return confirmation;
  throw new TypeError(`It was confirmed before, by ${confirmation.confirmed.by} at ${confirmation.confirmed.at}`);
}

/**
 * Waits for a confirmation. Nothing is disabled while no worker runs, and the status says so.
 * @throws {ApplicationFailure} `NotConfirmed`
 */
export async function waitForConfirmation(run: OnboardingRun, withinSeconds: number): Promise<void> {
  const { progress, settings } = run;
  const { connector, emailDomain } = progress.status;
  const until = new Date(Date.now() + withinSeconds * 1000).toISOString();
  const breakGlass = connector === null ? '' : breakGlassCommand(settings.accountId, connector.id);
  progress.set({ confirmation: { until, confirmed: null } });
  progress.enterPhase(
    'waiting-for-confirmation',
    `${emailDomain} is enabled. The worker disables it at ${until} unless somebody confirms that they can sign in. ` +
      `If no worker is running then, disable it with: ${breakGlass}`,
  );
  progress.set({ nextCheckAt: until });
  await notify(run, 'onboarding.needs-confirmation', 'needs-confirmation');
  const isConfirmed = () => progress.status.confirmation?.confirmed !== null;
  const summary = 'Until the connector is disabled again, unless somebody confirms';
  const left = Math.max(0, Date.parse(until) - Date.now());
  if (await condition(isConfirmed, left, { summary })) return;
  throw failure('NotConfirmed', `Nobody confirmed within ${withinSeconds} s that they can sign in`);
}
