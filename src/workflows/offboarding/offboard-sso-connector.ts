/**
 * The other story: one e-mail domain leaves. Disabled first, so that whoever cannot log in any more is not held up by the
 * rest. Nothing of it is taken back: enabling again would once more change the log-in of everybody. Run again, it does what is missing.
 */
import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  proxyActivities,
  TemporalFailure,
} from '@temporalio/workflow';

import type { ValidationActivities } from '../../activities/validate-input.ts';
import { onboardingTaskQueue } from '../../contract/names/ids.ts';
import type { ConnectorRecord } from '../../contract/schemas/connector-record.ts';
import type {
  OffboardingInput,
  OffboardingResult,
  OffboardingSettings,
  OffboardingStep,
  OffboardingStop,
} from '../../contract/schemas/offboarding.ts';
import type { UndoCause } from '../../contract/schemas/undo.ts';
import { whatDisablingMeans } from '../../messages/sign-in-change.ts';
import { describeRecord } from '../../messages/txt-record.ts';
import { planOffboarding, reportOffboarding } from '../../decisions/offboarding.ts';
import { takeApprovals, waitForApproval } from '../shared/approval.ts';
import type { Question } from '../shared/approval.ts';
import { tell } from '../shared/call-back.ts';
import { cancelled, failure, toCause, toRunFailure } from '../shared/failures.ts';
import { trackProgress } from '../shared/progress.ts';
import type { Progress } from '../shared/progress.ts';
import { forget } from '../shared/remember-connector.ts';
import { createRun } from '../shared/run.ts';
import type { StoryRun } from '../shared/run.ts';
import { refuseServerTimeouts } from '../shared/start-options.ts';

type Offboarding = StoryRun<OffboardingSettings>;

const week = 604_800_000;

/** Types only promise what a client sent: `validateOffboarding` is what makes it so. */
export async function offboardSsoConnector(input: OffboardingInput): Promise<OffboardingResult> {
  const progress = trackProgress('offboarding', null);
  takeApprovals(progress);
  refuseServerTimeouts();
  const run = await begin(input, progress);
  try {
    return await offboard(run);
  } catch (error) {
    throw await stopped(run, error);
  }
}

async function offboard(run: Offboarding): Promise<OffboardingResult> {
  const { settings, progress } = run;
  let record = await look(run);
  if (settings.disablement === 'after-approval' && isToDo(run, 'disable-connector')) {
    await waitForApproval(run, whetherToDisable(settings));
    // Days may have passed.
    record = await look(run);
  }
  await disable(run);
  await deleteConnectors(run);
  await removeTxtValue(run, record);
  return await finish(run, reportOffboarding(progress.status.offboarding ?? []));
}

async function begin(input: OffboardingInput, progress: Progress): Promise<Offboarding> {
  const { validateOffboarding } = proxyActivities<ValidationActivities>({
    summary: 'Check the input',
    taskQueue: onboardingTaskQueue,
    startToCloseTimeout: 10_000,
    scheduleToCloseTimeout: week,
  });
  const settings = await validateOffboarding(input).catch((error: unknown) => {
    throw toRunFailure(error);
  });
  const deadline = new Date(Date.now() + settings.deadlineSeconds * 1000);
  progress.note({ deadlineAt: deadline.toISOString() });
  return createRun(settings, progress, deadline);
}

/** What is there, and what is known of it. Reads only. */
async function look({ settings, progress, onCloudflare, onDns }: Offboarding): Promise<ConnectorRecord | null> {
  const { accountId, emailDomain, pace } = settings;
  const record = await onDns('What is remembered of the domain?').readRecord({ accountId, emailDomain });
  const found = await onCloudflare('Which connectors are there?').findConnectors({ accountId, emailDomain, pace });
  const { connectors } = found;
  const [first] = connectors.toSorted((one, other) => Number(other.enabled) - Number(one.enabled));
  progress.note({
    connectorsBefore: found,
    connector: first === undefined ? null : { ...first, origin: 'adopted' },
    txtRecord: record?.txt?.record ?? null,
    zone: record?.txt?.shown ?? null,
    offboarding: planOffboarding(connectors, record),
  });
  return record;
}

function whetherToDisable({ emailDomain }: OffboardingSettings): Question {
  return {
    about: `off-boarding ${emailDomain}`,
    consequence: whatDisablingMeans(emailDomain),
    event: 'offboarding.needs-approval',
  };
}

async function disable(run: Offboarding): Promise<void> {
  const { accountId, pace } = run.settings;
  // A cancel can come with the very answer that the run goes on with.
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The run was cancelled');
  run.progress.enter('disabling', 'disabling the connector');
  for (const { of: connectorId } of toDo(run, 'disable-connector')) {
    const request = { accountId, connectorId, pace };
    const { note } = await run.onCloudflare('Disable the connector').disableConnector(request);
    settle(run, 'disable-connector', connectorId, { state: 'done', note });
    const { connector } = run.progress.status;
    if (connector?.id === connectorId) run.progress.note({ connector: { ...connector, enabled: false } });
  }
}

async function deleteConnectors(run: Offboarding): Promise<void> {
  const { accountId, pace } = run.settings;
  run.progress.enter('deleting-connector', 'deleting the connector');
  for (const { of: connectorId } of toDo(run, 'delete-connector')) {
    const request = { accountId, connectorId, pace };
    const { note } = await run.onCloudflare('Delete the connector').removeConnector(request);
    settle(run, 'delete-connector', connectorId, { state: 'done', note });
  }
}

/** Only what an onboarding added; the values beside it stay as they are. */
async function removeTxtValue(run: Offboarding, record: ConnectorRecord | null): Promise<void> {
  const { settings, progress, onProvider } = run;
  const txt = record?.txt ?? null;
  if (txt === null || !isToDo(run, 'remove-txt-value')) return;
  const { provider, name, value, zone, recordId } = txt.record;
  progress.enter('removing-txt', `removing the TXT value at ${name}`);
  if (provider === 'manual') {
    progress.note({ reason: `remove by hand: ${describeRecord(name, value, null)}; every other value there stays` });
    await tell(run, 'offboarding.needs-dns-change', 'needs-dns-change');
  }
  try {
    const { state, note } = await onProvider(provider, 'Remove the TXT value').removeTxtRecord({
      provider,
      target: { zone, shown: txt.shown, name, value, runId: txt.runId },
      recordId,
      pace: settings.pace,
    });
    settle(run, 'remove-txt-value', name, { state: state === 'undone' ? 'done' : 'left', note });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    // The zone of a domain that leaves may be gone before it, and would hold this up for good.
    const note = `"${value}" could not be removed (${toCause(error).message}): if it is there, remove it by hand`;
    settle(run, 'remove-txt-value', name, { state: 'left', note });
  }
}

async function finish(
  run: Offboarding,
  { done, left }: Omit<OffboardingResult, 'emailDomain'>,
): Promise<OffboardingResult> {
  const { accountId, emailDomain } = run.settings;
  await forget(accountId, emailDomain);
  const result: OffboardingResult = { emailDomain, done, left };
  const nothing = done.length === 0 && left.length === 0;
  run.progress.enter(
    'offboarded',
    nothing ? 'there was nothing to take away' : left.length === 0 ? 'all of it is gone' : `left: ${left.join('; ')}`,
  );
  await tell(run, 'offboarding.done', 'outcome', { result });
  return result;
}

/** What a run fails with that could not finish. */
async function stopped(run: Offboarding, error: unknown): Promise<unknown> {
  // A fault of this code: the run stands still until the code has been mended.
  if (!(error instanceof TemporalFailure)) return error;
  const isCancelled = isCancellation(error) || CancellationScope.current().consideredCancelled;
  const cause: UndoCause = isCancelled ? cancelled : toCause(error);
  await tell(run, isCancelled ? 'offboarding.cancelled' : 'offboarding.failed', 'outcome', { failure: cause });
  const { timeline, offboarding } = run.progress.status;
  if (!timeline.some(({ phase }) => phase === 'disabling'))
    return isCancelled ? new CancelledFailure('The run was cancelled') : toRunFailure(error);
  const { done, left } = reportOffboarding(offboarding ?? []);
  const message = `${cause.message}; left: ${left.join('; ') || 'nothing'}; run it again to do the rest`;
  const report: OffboardingStop = { cause, done, left };
  return failure('OffboardingIncomplete', message, [report]);
}

function toDo({ progress }: Offboarding, kind: OffboardingStep['kind']): OffboardingStep[] {
  return (progress.status.offboarding ?? []).filter((step) => step.kind === kind && step.state === 'to-do');
}

function isToDo(run: Offboarding, kind: OffboardingStep['kind']): boolean {
  return toDo(run, kind).length > 0;
}

function settle(
  { progress }: Offboarding,
  kind: OffboardingStep['kind'],
  of: string,
  changes: Pick<OffboardingStep, 'state' | 'note'>,
): void {
  const steps = progress.status.offboarding ?? [];
  progress.note({
    offboarding: steps.map((step) => (step.kind === kind && step.of === of ? { ...step, ...changes } : step)),
  });
}
