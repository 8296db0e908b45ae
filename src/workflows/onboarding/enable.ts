/** Enables the connector, which applies at once to every user of the domain. */
import { certaintyOf } from '../../decisions/undo.ts';
import { breakGlassCommand } from '../../messages/sign-in-change.ts';
import { failure, requireActivityFailure } from '../shared/failures.ts';
import { connectorRequest } from './onboarding-run.ts';
import type { OnboardingRun } from './onboarding-run.ts';
import { withUndoStep } from './undo.ts';
import { readConnector } from './verification.ts';

/** After enabling, this many reads may still return the old state. */
const readBackAttempts = 3;
const dayMilliseconds = 86_400_000;

/**
 * Returns false if somebody else had enabled the connector.
 * @throws {ApplicationFailure} `ConnectorChanged`
 */
export async function enable(run: OnboardingRun): Promise<boolean> {
  const { progress, settings } = run;
  if (progress.status.connector?.enabled === true) return false;
  await deleteDuplicate(run);
  if (settings.confirmWithinSeconds) await requireLastingToken(run, settings.confirmWithinSeconds);
  const breakGlass = breakGlassCommand(settings.accountId, progress.status.connector?.id ?? '');
  progress.enterPhase('enabling', `enabling the connector; if people cannot sign in, disable it with: ${breakGlass}`);
  const since = new Date().toISOString();
  const { ours } = await withUndoStep(
    run,
    'disable-connector',
    async () => await run.onCloudflareQueue('Enable the connector').enableConnector(connectorRequest(run)),
  );

  for (let attempt = 1; attempt <= readBackAttempts; attempt += 1) {
    const connector = await readConnector(run, 'Check that the connector is enabled');
    if (connector === null) throw failure('ConnectorChanged', 'the connector was deleted while it was being enabled');
    if (connector.enabled) {
      progress.set({ enabledAt: new Date().toISOString() });
      return ours;
    }
    const reason = 'enabled, but Cloudflare still reports the connector as disabled';
    const summary = 'Until the connector is read again';
    if (attempt < readBackAttempts) await run.waitForNextCheck({ since, reason, summary });
  }
  throw failure('ConnectorChanged', 'Cloudflare accepted the change but still reports the connector as disabled');
}

/** A connector that nobody confirms is disabled again, so the token must not expire before. */
async function requireLastingToken(
  { settings: { accountId }, onCloudflareQueue }: OnboardingRun,
  withinSeconds: number,
): Promise<void> {
  const until = new Date(Date.now() + withinSeconds * 1000 + dayMilliseconds).toISOString();
  await onCloudflareQueue('Check that the token does not expire too early').requireLastingToken({ accountId, until });
}

/** A create whose answer was lost can happen after a later attempt created the connector. Such a duplicate is deleted first. */
async function deleteDuplicate({ settings, timings, progress, onCloudflareQueue }: OnboardingRun): Promise<void> {
  const {
    connector,
    connectorsBefore: before,
    undo: { steps },
  } = progress.status;
  const creating = steps.find(({ kind }) => kind === 'delete-connector');
  if (before === null || connector === null || creating === undefined || creating.certain) return;
  const { accountId, emailDomain, useFedrampLanguage } = settings;
  const certainty = certaintyOf(creating, timings.timeouts);
  const creation = { createdId: null, inUseId: connector.id, before, useFedrampLanguage, ...certainty };
  const activities = onCloudflareQueue('Delete a connector that a lost answer may have left');
  try {
    await activities.deleteConnector({ accountId, emailDomain, creation });
  } catch (error) {
    // A duplicate is not enabled and does no harm, so the run continues.
    requireActivityFailure(error);
  }
}
