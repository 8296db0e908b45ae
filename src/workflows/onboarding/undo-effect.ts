/** Undoes one effect of a run, for as long as it takes. */
import { sleep, TimeoutFailure } from '@temporalio/workflow';
import type { ActivityFailure } from '@temporalio/workflow';

import type { UndoOutcome } from '../../activities/undo.ts';
import type { UndoKind } from '../../contract/names/vocabulary.ts';
import { certaintyOf, decideUndo } from '../../decisions/undo.ts';
import { describeTxtRecord } from '../../messages/txt-record.ts';
import { activityMessage, requireActivityFailure } from '../shared/failures.ts';
import { notify } from '../shared/notify.ts';
import { connectorRequest, toTxtTarget } from './onboarding-run.ts';
import type { OnboardingRun } from './onboarding-run.ts';

/**
 * An attempt whose response was lost may still be running, and its request may take effect even later. So an uncertain
 * effect is undone after one attempt timeout, and again after a second one.
 */
export async function undoEffect(run: OnboardingRun, kind: UndoKind): Promise<UndoOutcome> {
  const { progress, timings } = run;
  const step = progress.status.undo.steps.find((other) => other.kind === kind);
  if (step?.certain !== false) return await undoUntilDone(run, kind);
  // People who cannot sign in do not wait for certainty.
  const immediate = kind === 'disable-connector' ? await undoUntilDone(run, kind) : null;
  const attempt = timings.timeouts.attemptSeconds * 1000;
  const reason = `${kind}: the response to the request was lost, so this step runs again once the request can no longer take effect`;
  const setWait = () => progress.set({ reason, nextCheckAt: new Date(Date.now() + attempt).toISOString() });
  setWait();
  await sleep(attempt, { summary: 'Until the attempt whose response was lost must have ended' });
  const first = await undoUntilDone(run, kind);
  setWait();
  await sleep(attempt, { summary: 'Until its request can no longer take effect' });
  const second = await undoUntilDone(run, kind);
  const outcomes = [...(immediate === null ? [] : [immediate]), first, second];
  return { state: second.state, note: [...new Set(outcomes.map(({ note }) => note))].join('; then: ') };
}

/** The server retries by itself; a failure that is final for the server, such as a refusal, is retried here with a growing wait. */
async function undoUntilDone(run: OnboardingRun, kind: UndoKind): Promise<UndoOutcome> {
  const { progress, timings } = run;
  const shortest = timings.retry.undoRetrySeconds;
  const longest = Math.max(3600, shortest);
  for (let wait = shortest; ;) {
    try {
      progress.set({ reason: `undoing: ${kind}`, nextCheckAt: null });
      return await undoOnce(run, kind);
    } catch (error) {
      const failure = requireActivityFailure(error);
      progress.set({
        nextCheckAt: new Date(Date.now() + wait * 1000).toISOString(),
        reason: `${kind} keeps failing: ${activityMessage(failure)}`,
      });
      await sleep(wait * 1000, { summary: `Until ${kind} is retried` });
      wait = isOutOfTime(failure) ? shortest : Math.min(wait * 2, longest);
    }
  }
}

/** The server gave up for lack of time; another attempt may succeed. */
function isOutOfTime({ retryState, cause }: ActivityFailure): boolean {
  return retryState === 'TIMEOUT' || cause instanceof TimeoutFailure;
}

async function undoOnce(run: OnboardingRun, kind: UndoKind): Promise<UndoOutcome> {
  switch (kind) {
    case 'disable-connector':
      return await disable(run);
    case 'remove-txt-value':
      return await removeTxtValue(run);
    case 'delete-connector':
      return await deleteConnector(run);
  }
}

const nothingToUndo: UndoOutcome = { state: 'undone', note: 'there is none' };

async function disable(run: OnboardingRun): Promise<UndoOutcome> {
  if (run.progress.status.connector === null) return nothingToUndo;
  return await run.undo.onCloudflareQueue('Disable the connector').disableConnector(connectorRequest(run));
}

async function removeTxtValue(run: OnboardingRun): Promise<UndoOutcome> {
  const { connector, txtRecord } = run.progress.status;
  if (connector === null || txtRecord === null) return nothingToUndo;
  const now = await run.undo
    .onCloudflareQueue('Check whether somebody relies on the TXT value')
    .getConnector(connectorRequest(run));
  const decision = decideUndo('remove-txt-value', now);
  if (decision.kind === 'leave') return { state: 'left', note: decision.note };
  const { provider } = txtRecord;
  const recordId = txtRecord.preexisting ? null : txtRecord.recordId;
  remindOfManualRemoval(run);
  if (provider === 'manual') await notify(run, 'onboarding.needs-dns-change', 'needs-dns-change/remove');
  return await run.undo
    .onProviderQueue(provider, 'Remove the TXT value')
    .removeTxtRecord({ provider, target: toTxtTarget(run, txtRecord), recordId });
}

async function deleteConnector({ settings, timings, progress, undo }: OnboardingRun): Promise<UndoOutcome> {
  const { accountId, emailDomain, useFedrampLanguage } = settings;
  const { connector, connectorsBefore: before, undo: state } = progress.status;
  if (before === null) return nothingToUndo;
  const createdId = connector?.origin === 'created' ? connector.id : null;
  const step = state.steps.find(({ kind }) => kind === 'delete-connector');
  const certainty = certaintyOf(step, timings.timeouts);
  return await undo.onCloudflareQueue('Delete the connector').deleteConnector({
    accountId,
    emailDomain,
    creation: { createdId, inUseId: null, before, useFedrampLanguage, ...certainty },
  });
}

/** While a person has not removed a value that they added, the status says what to do. */
export function remindOfManualRemoval({ progress }: OnboardingRun): void {
  const { txtRecord, caches } = progress.status;
  if (txtRecord?.provider !== 'manual') return;
  const record = describeTxtRecord(txtRecord.name, txtRecord.value, caches);
  progress.set({ reason: `if it was added, remove by hand: ${record}; every other value there stays` });
}
