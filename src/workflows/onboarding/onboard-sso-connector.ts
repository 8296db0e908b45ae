/** Onboards one e-mail domain, or undoes what it did. `onboard` lists the steps in order. */
import {
  allHandlersFinished,
  condition,
  ContinueAsNew,
  continueAsNew,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';

import type { Connector } from '../../contract/schemas/connector.ts';
import type { OnboardingInput, OnboardingSettings } from '../../contract/schemas/onboarding-input.ts';
import type { OnboardingResult, OnboardingStatus } from '../../contract/schemas/onboarding-status.ts';
import { decideConnector } from '../../decisions/connector.ts';
import type { Timings } from '../../decisions/timings.ts';
import { whatEnablingMeans } from '../../messages/sign-in-change.ts';
import { validate } from '../shared/activities-by-queue.ts';
import { handleApproval, waitForApproval } from '../shared/approval.ts';
import { openOrUpdateRecord } from '../shared/connector-record.ts';
import { cancelledFailure, failure, throwIfCancelled, toCause, toRunFailure } from '../shared/failures.ts';
import { notify } from '../shared/notify.ts';
import { initialStatus, trackProgress } from '../shared/progress.ts';
import { createRun } from '../shared/run.ts';
import { refuseServerTimeouts } from '../shared/start-options.ts';
import { handleConfirmation, waitForConfirmation } from './confirmation.ts';
import { enable } from './enable.ts';
import { createOnboardingRun } from './onboarding-run.ts';
import type { OnboardingRun } from './onboarding-run.ts';
import { checkPrerequisites } from './prerequisites.ts';
import { publishTxtValue } from './txt-value.ts';
import { undoEnablingOnly, handleGiveUpBeforeUndo, undo, withUndoStep } from './undo.ts';
import { waitForVerification } from './verification.ts';
import { waitForDns } from './wait-for-dns.ts';

/** What a run passes to the run that continues it. */
interface CarriedOnboarding {
  settings: OnboardingSettings;
  timings: Timings;
  status: OnboardingStatus;
}

/**
 * The type of `input` is only what a client should send; `validateOnboarding` checks it.
 * @param carried passed by continue-as-new only; ignored when a client sends it
 */
export async function onboardSsoConnector(
  input: OnboardingInput,
  carried?: CarriedOnboarding,
): Promise<OnboardingResult> {
  const continued = workflowInfo().continuedFromExecutionRunId === undefined ? null : (carried ?? null);
  const progress = trackProgress(continued?.status ?? newStatus());
  handleGiveUpBeforeUndo();
  handleApproval(progress);
  handleConfirmation(progress);
  if (continued === null) refuseServerTimeouts();
  const { settings, timings } =
    continued ?? (await validate(async (activities) => await activities.validateOnboarding(input)));
  const run = createOnboardingRun(createRun(settings, timings, progress), async () => {
    await condition(allHandlersFinished);
    return await continueAsNew<typeof onboardSsoConnector>(input, { settings, timings, status: progress.status });
  });
  try {
    return await onboard(run);
  } catch (error) {
    throw await undoAll(run, error);
  }
}

async function onboard(run: OnboardingRun): Promise<OnboardingResult> {
  const { progress, settings } = run;
  // A run that continued as new starts in the wait that it was in.
  if (progress.status.phase === 'checking-prerequisites') {
    const target = await checkPrerequisites(run);
    const connector = await findOrCreateConnector(run);
    if (connector.enabled) return await finish(run, { alreadyEnabled: true });
    if (connector.verificationStatus !== 'verified') await publishTxtValue(run, target, connector);
  }
  if (progress.status.connector?.verificationStatus !== 'verified') {
    if (progress.status.phase !== 'waiting-for-verification') await waitForDns(run);
    await waitForVerification(run);
  }
  if (progress.status.connector?.enabled !== true && settings.enablement === 'after-approval') {
    await waitForApproval(run, {
      about: `enabling ${settings.emailDomain}`,
      consequence: whatEnablingMeans(settings.emailDomain, settings.accountId),
      event: 'onboarding.needs-approval',
    });
  }
  const ours = await enable(run);
  if (ours && settings.confirmWithinSeconds) await waitForConfirmation(run, settings.confirmWithinSeconds);
  return await finish(run, { alreadyEnabled: !ours });
}

function newStatus(): OnboardingStatus {
  return {
    kind: 'onboarding',
    ...initialStatus('checking-prerequisites'),
    zone: null,
    provider: null,
    caches: null,
    connectorsBefore: null,
    connector: null,
    evidence: null,
    verification: { checks: 0, restarts: 0, republished: 0, begunAt: null, verifiedAt: null },
    confirmation: null,
    enabledAt: null,
    undo: { steps: [], cause: null, givenUp: null },
  };
}

/** Records which connectors existed before anything is written, so that a crash cannot hide it. */
async function findOrCreateConnector(run: OnboardingRun): Promise<Connector> {
  const { settings, progress, onCloudflareQueue } = run;
  const { accountId, emailDomain, useFedrampLanguage } = settings;
  progress.enterPhase('creating-connector', 'reading the connectors of the domain');
  const before = await onCloudflareQueue("Read the domain's connectors").findConnectors({ accountId, emailDomain });
  progress.set({ connectorsBefore: before });
  const decision = decideConnector(before.connectors, before, false, useFedrampLanguage);
  if (decision.kind === 'conflict') throw failure('ConnectorConflict', decision.reason);

  const request = { accountId, emailDomain, useFedrampLanguage, before };
  const { connector, origin } =
    decision.kind === 'use'
      ? decision
      : await withUndoStep(
          run,
          'delete-connector',
          async () => await onCloudflareQueue('Create the connector').createConnector(request),
        );
  progress.set({ connector: { ...connector, origin } });
  return connector;
}

async function finish(run: OnboardingRun, { alreadyEnabled }: { alreadyEnabled: boolean }): Promise<OnboardingResult> {
  const { progress } = run;
  throwIfCancelled();
  const { connector, emailDomain, txtRecord, verification, enabledAt } = progress.status;
  if (connector === null) throw new TypeError('The run has no connector yet');
  progress.enterPhase('enabled', alreadyEnabled ? 'the connector was enabled before' : 'the connector is enabled');
  const result: OnboardingResult = {
    connectorId: connector.id,
    emailDomain,
    enabled: true,
    alreadyEnabled,
    txtRecord,
    verifiedAt: verification.verifiedAt,
    enabledAt,
  };
  await recordConnector(run, { shouldBeEnabled: true });
  await notify(run, 'onboarding.enabled', 'outcome', { result });
  return result;
}

/** Undoes what the run did, and returns the failure that it ends with. */
async function undoAll(run: OnboardingRun, error: unknown): Promise<unknown> {
  // An error in this code is no reason to undo: the workflow task fails and is retried until the code is fixed.
  if (!(error instanceof TemporalFailure) || error instanceof ContinueAsNew) return error;
  const cause = toCause(error);
  if (run.progress.status.undo.steps.length === 0) {
    const isCancelled = cause.by === 'cancel';
    await notify(run, isCancelled ? 'onboarding.cancelled' : 'onboarding.failed', 'outcome', { failure: cause });
    return isCancelled ? cancelledFailure() : toRunFailure(error);
  }
  const keepsConnector = cause.type === 'NotConfirmed';
  if (keepsConnector) undoEnablingOnly(run);
  const report = await undo(run, cause);
  if (keepsConnector) await recordConnector(run, { shouldBeEnabled: false });
  await notify(run, 'onboarding.undone', 'outcome', { failure: cause });
  return failure('Undone', `${report.cause.message}; ${run.progress.status.reason}`, [report]);
}

/** Drift checks compare the account with this record, and off-boarding removes only the TXT value that it names. */
async function recordConnector(
  { progress }: OnboardingRun,
  { shouldBeEnabled }: { shouldBeEnabled: boolean },
): Promise<void> {
  const { accountId, emailDomain, connector, txtRecord, zone, enabledAt, reason } = progress.status;
  if (connector === null) return;
  const { firstExecutionRunId: runId } = workflowInfo();
  const isRecorded = await openOrUpdateRecord({
    accountId,
    emailDomain,
    connectorId: connector.id,
    shouldBeEnabled,
    enabledAt: enabledAt ?? new Date().toISOString(),
    txt: txtRecord === null ? null : { record: txtRecord, shown: zone, runId },
  });
  if (!isRecorded) {
    progress.set({ reason: `${reason}; it could not be recorded, so drift checks and off-boarding do not know it` });
  }
}
