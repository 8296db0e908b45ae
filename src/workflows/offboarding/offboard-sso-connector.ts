/**
 * Off-boards one domain. The connector is disabled first, so that people who cannot sign in wait for nothing else. Nothing is
 * undone: enabling the connector again would change everybody's sign-in once more. Another run does what is missing.
 */
import { TemporalFailure } from '@temporalio/workflow';

import type { ConnectorRecord } from '../../contract/schemas/connector-record.ts';
import type {
  OffboardingInput,
  OffboardingReport,
  OffboardingResult,
  OffboardingSettings,
  OffboardingStatus,
  OffboardingStep,
  OffboardingStop,
} from '../../contract/schemas/offboarding.ts';
import { planOffboarding, reportOffboarding } from '../../decisions/offboarding.ts';
import { whatDisablingMeans } from '../../messages/sign-in-change.ts';
import { describeTxtRecord } from '../../messages/txt-record.ts';
import { validate } from '../shared/activities-by-queue.ts';
import { handleApproval, waitForApproval } from '../shared/approval.ts';
import { closeRecord } from '../shared/connector-record.ts';
import {
  cancelledFailure,
  failure,
  failureCause,
  requireActivityFailure,
  throwIfCancelled,
  toCause,
  toRunFailure,
} from '../shared/failures.ts';
import { notify } from '../shared/notify.ts';
import { initialStatus, trackProgress } from '../shared/progress.ts';
import type { Progress } from '../shared/progress.ts';
import { createRun } from '../shared/run.ts';
import type { DomainRun } from '../shared/run.ts';
import { refuseServerTimeouts } from '../shared/start-options.ts';

type OffboardingRun = DomainRun<OffboardingSettings, Progress<OffboardingStatus>>;

/** The type of `input` is only what a client should send; `validateOffboarding` checks it. */
export async function offboardSsoConnector(input: OffboardingInput): Promise<OffboardingResult> {
  const progress = trackProgress<OffboardingStatus>({
    kind: 'offboarding',
    ...initialStatus('finding-connector'),
    connector: null,
    steps: null,
  });
  handleApproval(progress);
  refuseServerTimeouts();
  const { settings, timings } = await validate(async (activities) => await activities.validateOffboarding(input));
  const run = createRun(settings, timings, progress);
  try {
    return await offboard(run);
  } catch (error) {
    throw await stop(run, error);
  }
}

async function offboard(run: OffboardingRun): Promise<OffboardingResult> {
  const { settings, progress } = run;
  let record = await plan(run);
  if (settings.disablement === 'after-approval' && stepsToDo(run, 'disable-connector').length > 0) {
    await waitForApproval(run, {
      about: `off-boarding ${settings.emailDomain}`,
      consequence: whatDisablingMeans(settings.emailDomain),
      event: 'offboarding.needs-approval',
    });
    // Days may have passed.
    record = await plan(run);
  }
  await disableConnectors(run);
  await deleteConnectors(run);
  await removeTxtValue(run, record);
  return await finish(run, reportOffboarding(progress.status.steps ?? []));
}

/** Reads the domain's connectors and record, and lists the steps. */
async function plan({
  settings: { accountId, emailDomain },
  progress,
  onCloudflareQueue,
  onOnboardingQueue,
}: OffboardingRun): Promise<ConnectorRecord | null> {
  const domain = { accountId, emailDomain };
  const record = await onOnboardingQueue("Read the domain's connector record").readRecord(domain);
  const { connectors } = await onCloudflareQueue("Read the domain's connectors").findConnectors(domain);
  const [first = null] = connectors.toSorted((one, other) => Number(other.enabled) - Number(one.enabled));
  progress.set({
    connector: first,
    txtRecord: record?.txt?.record ?? null,
    steps: planOffboarding(connectors, record),
  });
  return record;
}

async function disableConnectors(run: OffboardingRun): Promise<void> {
  const { settings, progress, onCloudflareQueue } = run;
  throwIfCancelled();
  progress.enterPhase('disabling', 'disabling the connector');
  for (const { target: connectorId } of stepsToDo(run, 'disable-connector')) {
    const request = { accountId: settings.accountId, connectorId };
    const { note } = await onCloudflareQueue('Disable the connector').disableConnector(request);
    completeStep(run, 'disable-connector', connectorId, { state: 'done', note });
    const { connector } = progress.status;
    if (connector?.id === connectorId) progress.set({ connector: { ...connector, enabled: false } });
  }
}

async function deleteConnectors(run: OffboardingRun): Promise<void> {
  const { settings, progress, onCloudflareQueue } = run;
  progress.enterPhase('deleting-connector', 'deleting the connector');
  for (const { target: connectorId } of stepsToDo(run, 'delete-connector')) {
    const request = { accountId: settings.accountId, connectorId };
    const { note } = await onCloudflareQueue('Delete the connector').removeConnector(request);
    completeStep(run, 'delete-connector', connectorId, { state: 'done', note });
  }
}

/** Removes only a value that an onboarding published; the values beside it stay. */
async function removeTxtValue(run: OffboardingRun, record: ConnectorRecord | null): Promise<void> {
  const { progress, onProviderQueue } = run;
  const txt = record?.txt ?? null;
  if (txt === null || stepsToDo(run, 'remove-txt-value').length === 0) return;
  const { provider, name, value, zone, recordId } = txt.record;
  progress.enterPhase('removing-txt', `removing the TXT value at ${name}`);
  if (provider === 'manual') {
    progress.set({ reason: `remove by hand: ${describeTxtRecord(name, value, null)}; every other value there stays` });
    await notify(run, 'offboarding.needs-dns-change', 'needs-dns-change');
  }
  try {
    const { state, note } = await onProviderQueue(provider, 'Remove the TXT value').removeTxtRecord({
      provider,
      target: { zone, shown: txt.shown, name, value, runId: txt.runId },
      recordId,
    });
    completeStep(run, 'remove-txt-value', name, { state: state === 'undone' ? 'done' : 'left', note });
  } catch (error) {
    // The zone of the domain may have been deleted before, and would keep the run from completing.
    const cause = failureCause(requireActivityFailure(error));
    const note = `"${value}" could not be removed (${cause.message}): if it exists, remove it by hand`;
    completeStep(run, 'remove-txt-value', name, { state: 'left', note });
  }
}

async function finish(run: OffboardingRun, { done, left }: OffboardingReport): Promise<OffboardingResult> {
  const { accountId, emailDomain } = run.settings;
  await closeRecord(accountId, emailDomain);
  const result: OffboardingResult = { emailDomain, done, left };
  const nothing = done.length === 0 && left.length === 0;
  const reason = nothing ? 'there was nothing to remove' : 'everything was removed';
  run.progress.enterPhase('offboarded', left.length === 0 ? reason : `left: ${left.join('; ')}`);
  await notify(run, 'offboarding.done', 'outcome', { result });
  return result;
}

/** The failure of a run that could not complete. */
async function stop(run: OffboardingRun, error: unknown): Promise<unknown> {
  // An error in this code: the workflow task fails and is retried until the code is fixed.
  if (!(error instanceof TemporalFailure)) return error;
  const cause = toCause(error);
  const isCancelled = cause.by === 'cancel';
  const event = isCancelled ? 'offboarding.cancelled' : 'offboarding.failed';
  await notify(run, event, 'outcome', { failure: cause });
  const { timeline, steps } = run.progress.status;
  const hasWritten = timeline.some(({ phase }) => phase === 'disabling');
  if (!hasWritten) return isCancelled ? cancelledFailure() : toRunFailure(error);
  const { done, left } = reportOffboarding(steps ?? []);
  const message = `${cause.message}; left: ${left.join('; ') || 'nothing'}; run it again to do the rest`;
  const details: OffboardingStop = { cause, done, left };
  return failure('OffboardingIncomplete', message, [details]);
}

function stepsToDo({ progress }: OffboardingRun, kind: OffboardingStep['kind']): OffboardingStep[] {
  return (progress.status.steps ?? []).filter((step) => step.kind === kind && step.state === 'to-do');
}

function completeStep(
  { progress }: OffboardingRun,
  kind: OffboardingStep['kind'],
  target: string,
  changes: Pick<OffboardingStep, 'state' | 'note'>,
): void {
  const steps = progress.status.steps ?? [];
  progress.set({
    steps: steps.map((step) => (step.kind === kind && step.target === target ? { ...step, ...changes } : step)),
  });
}
