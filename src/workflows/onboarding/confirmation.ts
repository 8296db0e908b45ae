/** After enabling: unless somebody who could log in says so in time, it is taken back. */
import { condition, setHandler } from '@temporalio/workflow';

import { confirmUpdate } from '../../contract/handlers.ts';
import type { Answer, ConfirmationState } from '../../contract/schemas/answers.ts';
import { breakGlassCommand } from '../../messages/break-glass.ts';
import { tell } from '../shared/call-back.ts';
import { failure } from '../shared/failures.ts';
import { requireDecision } from '../shared/human-decision.ts';
import type { Progress } from '../shared/progress.ts';
import type { Run } from '../shared/run.ts';

/** Takes a confirmation while one is waited for, and refuses it at every other time. */
export function takeConfirmations(progress: Progress): void {
  setHandler(
    confirmUpdate,
    ({ by, reason }) => {
      const confirmation = requireOpen(progress);
      const confirmed = { ...confirmation, confirmed: { by, reason, at: new Date().toISOString() } };
      progress.note({ confirmation: confirmed });
      return confirmed;
    },
    {
      validator: (decision: Answer) => {
        requireDecision(decision);
        requireOpen(progress);
      },
      description: 'Somebody could log in: who, and how they know',
    },
  );
}

function requireOpen({ status: { phase, confirmation } }: Progress): ConfirmationState {
  if (phase !== 'waiting-for-confirmation' || confirmation === null) {
    throw new TypeError(`Nobody is asked to confirm: the onboarding is in the phase ${phase}`);
  }
  if (confirmation.confirmed === null) return confirmation;
  throw new TypeError(`It has been confirmed by ${confirmation.confirmed.by} at ${confirmation.confirmed.at}`);
}

/**
 * Waits for a confirmation. The window is only as good as a running worker, and the status says so.
 * @throws {ApplicationFailure} `NotConfirmed`
 */
export async function waitForConfirmation(run: Run, withinSeconds: number): Promise<void> {
  const { progress, settings } = run;
  const { connector, emailDomain } = progress.status;
  const until = new Date(Date.now() + withinSeconds * 1000).toISOString();
  const rescue = connector === null ? '' : breakGlassCommand(settings.accountId, connector.id);
  progress.note({ confirmation: { until, confirmed: null } });
  progress.enter(
    'waiting-for-confirmation',
    `${emailDomain} is enabled, and is disabled again at ${until} unless somebody who could log in confirms; ` +
      `ONLY WHILE A WORKER RUNS. Without one, whoever is locked out needs: ${rescue}`,
  );
  progress.note({ nextCheckAt: until });
  await tell(run, 'onboarding.needs-confirmation', 'needs-confirmation');
  const isConfirmed = () => progress.status.confirmation?.confirmed !== null;
  const summary = 'Until it is disabled again, unless somebody confirms';
  const left = Math.max(0, Date.parse(until) - Date.now());
  if (await condition(isConfirmed, left, { summary })) return;
  throw failure('NotConfirmed', `Nobody confirmed within ${withinSeconds} s that they can log in`);
}
