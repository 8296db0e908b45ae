/** The story: one e-mail domain from "please" to `enabled`. Reads top to bottom; each step is a function below. */
import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  condition,
  ContinueAsNew,
  continueAsNew,
  patched,
  proxyActivities,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';

import type { ValidationActivities } from '../../activities/validate-input.ts';
import { onboardingTaskQueue } from '../../contract/names/ids.ts';
import type { Connector } from '../../contract/schemas/connector.ts';
import type { ChosenProvider, PublishingZone } from '../../contract/schemas/dns.ts';
import type { OnboardingInput, OnboardingSettings } from '../../contract/schemas/onboarding-input.ts';
import type { OnboardingResult, OnboardingStatus } from '../../contract/schemas/onboarding-status.ts';
import type { Problem } from '../../contract/schemas/parse.ts';
import { breakGlassCommand } from '../../messages/break-glass.ts';
import { decideConnector } from '../../decisions/connector.ts';
import { whatEnablingMeans } from '../../messages/sign-in-change.ts';
import { listProblems } from '../../messages/problems.ts';
import { decideVerification } from '../../decisions/verification.ts';
import { takeApprovals, waitForApproval } from '../shared/approval.ts';
import type { Question } from '../shared/approval.ts';
import { tell } from '../shared/call-back.ts';
import { takeConfirmations, waitForConfirmation } from './confirmation.ts';
import { cancelled, failure, toCause, toRunFailure } from '../shared/failures.ts';
import { trackProgress } from '../shared/progress.ts';
import type { Progress } from '../shared/progress.ts';
import { remember } from '../shared/remember-connector.ts';
import { createOnboardingRun } from '../shared/run.ts';
import type { Run } from '../shared/run.ts';
import { refuseServerTimeouts } from '../shared/start-options.ts';
import { keepTxtValue, publishTxtValue } from './txt-value.ts';
import type { Place } from './txt-value.ts';
import { certaintyOf, hasSomethingToUndo, keepAllButEnabling, rejectGiveUp, undo, undoable } from './undo.ts';
import { refreshEvidence, remind, waitForDns } from './wait-for-dns.ts';

const day = 86_400_000;

/** What a run hands on to itself when it continues as new. */
export interface Carried {
  settings: OnboardingSettings;
  status: OnboardingStatus;
}

/** Types only promise what a client sent: `validateInput` is what makes it so. `carried` is nobody's to send. */
export async function onboardSsoConnector(input: OnboardingInput, carried?: Carried): Promise<OnboardingResult> {
  const continued = workflowInfo().continuedFromExecutionRunId === undefined ? null : (carried ?? null);
  const progress = trackProgress('onboarding', continued?.status ?? null);
  rejectGiveUp();
  takeApprovals(progress);
  takeConfirmations(progress);
  const run = await begin(input, progress, continued?.settings ?? null);
  try {
    return await onboard(run);
  } catch (error) {
    throw await undone(run, error);
  }
}

async function begin(input: OnboardingInput, progress: Progress, continued: OnboardingSettings | null): Promise<Run> {
  if (continued === null) refuseServerTimeouts();
  const settings = continued ?? (await validate(input));
  const deadlineAt = progress.status.deadlineAt ?? new Date(Date.now() + settings.deadlineSeconds * 1000).toISOString();
  progress.note({ deadlineAt });
  return createOnboardingRun(settings, progress, new Date(deadlineAt), async () => {
    await condition(allHandlersFinished);
    return await continueAsNew<typeof onboardSsoConnector>(input, { settings, status: progress.status });
  });
}

async function onboard(run: Run): Promise<OnboardingResult> {
  const { progress, settings } = run;
  // A run that continued as new goes on in the wait that it was in.
  if (progress.status.phase === 'checking-prerequisites') {
    const place = await checkPrerequisites(run);
    const connector = await findOrCreateConnector(run);
    if (connector.enabled) return await finish(run, { alreadyEnabled: true });
    if (connector.verificationStatus !== 'verified') await publishTxtValue(run, place, connector);
  }
  if (progress.status.connector?.verificationStatus !== 'verified') {
    if (progress.status.phase !== 'waiting-for-verification') await waitForDns(run);
    await waitForVerification(run);
  }
  if (progress.status.connector?.enabled !== true && settings.enablement === 'after-approval')
    await waitForApproval(run, whetherToEnable(settings));
  const ours = await enable(run);
  if (ours && settings.confirmWithinSeconds) await waitForConfirmation(run, settings.confirmWithinSeconds);
  return await finish(run, { alreadyEnabled: !ours });
}

/** Step 7, and what the run then fails with. */
async function undone(run: Run, error: unknown): Promise<unknown> {
  // A fault of this code is no reason to undo: the run stands still until the code has been mended.
  if (!(error instanceof TemporalFailure) || error instanceof ContinueAsNew) return error;
  // A cancel that meets a try which fails by itself arrives as that failure.
  const isCancelled = isCancellation(error) || CancellationScope.current().consideredCancelled;
  if (!hasSomethingToUndo(run)) {
    const cause = isCancelled ? cancelled : toCause(error);
    await tell(run, isCancelled ? 'onboarding.cancelled' : 'onboarding.failed', 'outcome', { failure: cause });
    return isCancelled ? new CancelledFailure('The run was cancelled') : toRunFailure(error);
  }
  const cause = isCancelled ? cancelled : toCause(error);
  const isKept = cause.type === 'NotConfirmed';
  if (isKept) keepAllButEnabling(run);
  const report = await undo(run, cause);
  if (isKept) await rememberConnectorOf(run, { shouldBeEnabled: false });
  await tell(run, 'onboarding.undone', 'outcome', { failure: cause });
  return failure('Undone', `${report.cause.message}; ${run.progress.status.reason}`, [report]);
}

/** Step 1, before anything else: any client, in any language, may have started this run. */
async function validate(input: OnboardingInput): Promise<OnboardingSettings> {
  const { validateInput } = proxyActivities<ValidationActivities>({
    summary: 'Check the input',
    taskQueue: onboardingTaskQueue,
    startToCloseTimeout: 10_000,
    scheduleToCloseTimeout: 7 * day,
  });
  try {
    return await validateInput(input);
  } catch (error) {
    throw toRunFailure(error);
  }
}

/** Step 1: reads only. Every problem goes into one failure, and there is nothing to undo. */
async function checkPrerequisites(run: Run): Promise<Place> {
  const { accountId, emailDomain, propagation, pace } = run.settings;
  const [accountProblems, dns] = await Promise.all([
    run
      .onCloudflare('Is the account ready? (token, organization, identity provider)')
      .checkAccount({ accountId, pace }),
    propagation.check === 'off'
      ? null
      : run.onDns(`Which zone is ${emailDomain} in?`).findPublishingZone({ emailDomain, pace }),
  ]);
  if (dns?.found === false) throw prerequisitesNotMet([...accountProblems, ...dns.problems]);

  const shown = dns?.zone ?? null;
  const chosen = await chooseProvider(run, shown, accountProblems);
  const { name: provider } = chosen;
  const finding = await run
    .onProvider(provider, `Can ${provider} publish in that zone?`)
    .findProviderZone({ provider, wanted: { accountId, emailDomain, shown }, pace });
  const problems = [...accountProblems, ...(finding.fit ? [] : finding.problems)];
  if (!finding.fit || problems.length > 0) throw prerequisitesNotMet(problems);
  const caches = dns?.caches ? { ...dns.caches, expectedEverywhereAt: null } : null;
  run.progress.note({ zone: shown, provider: chosen, caches });
  return { provider, zone: finding.zone };
}

/** The provider that was asked for, or the one that the domain's name servers point to. */
async function chooseProvider(
  { settings, onCloudflare }: Run,
  shown: PublishingZone | null,
  accountProblems: Problem[],
): Promise<ChosenProvider> {
  const { accountId, emailDomain, dnsProvider, pace } = settings;
  if (dnsProvider !== 'auto')
    return { name: dnsProvider, why: 'the request or the DNS_PROVIDER of the worker names it' };
  if (shown === null) {
    const problem = '"auto" goes by the name servers of the domain, and they are not looked at';
    const remedy = 'name the provider, or leave the propagation check on';
    throw prerequisitesNotMet([...accountProblems, { subject: 'DNS provider', problem, remedy }]);
  }
  const wanted = { accountId, emailDomain, shown };
  return await onCloudflare('Whose name servers are these?').chooseProvider({ wanted, pace });
}

function prerequisitesNotMet(problems: Problem[]): Error {
  const message = `Not ready to onboard, and nothing was changed: ${listProblems(problems)}`;
  return failure('PrerequisitesNotMet', message, problems);
}

/** Step 2: what was there is recorded before anything is written, so "was it there before us" survives every crash. */
async function findOrCreateConnector(run: Run): Promise<Connector> {
  const { settings, progress, onCloudflare } = run;
  const { accountId, emailDomain, useFedrampLanguage, pace } = settings;
  progress.enter('creating-connector', 'looking for a connector that is there already');
  const before = await onCloudflare('Is there a connector already?').findConnectors({ accountId, emailDomain, pace });
  progress.note({ connectorsBefore: before });
  const decision = decideConnector(before.connectors, before, false, useFedrampLanguage);
  if (decision.kind === 'conflict') throw failure('ConnectorConflict', decision.reason);

  const { connector, origin } =
    decision.kind === 'use'
      ? decision
      : await undoable(
          run,
          'delete-connector',
          async () =>
            await onCloudflare('Create the connector').createConnector({
              accountId,
              emailDomain,
              useFedrampLanguage,
              before,
              pace,
            }),
        );
  progress.note({ connector: { ...connector, origin } });
  return connector;
}

/** Step 5: Cloudflare looks at DNS by itself; this run looks at Cloudflare, ever more rarely. */
async function waitForVerification(run: Run): Promise<void> {
  const { progress } = run;
  if (progress.status.phase !== 'waiting-for-verification') {
    progress.enter('waiting-for-verification', remind(run, 'Cloudflare is looking for the TXT value'));
    if (progress.status.connector?.verificationStatus === 'pending')
      noteVerification(run, { begunAt: new Date().toISOString() });
    else await beginVerification(run);
  }

  for (;;) {
    const { reason, verification, startedAt } = progress.status;
    const since = verification.begunAt ?? startedAt;
    await run.waitForNextLook({ since, reason, summary: 'Until Cloudflare is asked again' });
    const connector = await readConnector(run, 'Is it verified?');
    noteVerification(run, { checks: progress.status.verification.checks + 1 });
    const decision = decideVerification(connector);
    if (decision.kind === 'wait' || decision.kind === 'begin') await refreshEvidence(run);
    progress.note({ reason: remind(run, decision.reason) });
    switch (decision.kind) {
      case 'verified':
        noteVerification(run, { verifiedAt: new Date().toISOString() });
        return;
      case 'enabled':
        return;
      case 'gone':
        throw failure('ConnectorChanged', decision.reason);
      case 'begin':
        await keepTxtValue(run);
        await beginVerification(run);
        if (decision.restart) noteVerification(run, { restarts: progress.status.verification.restarts + 1 });
        break;
      case 'wait':
        await keepTxtValue(run);
        break;
    }
  }
}

async function beginVerification(run: Run): Promise<void> {
  await run.onCloudflare('Begin verification').beginVerification(connectorRequest(run));
  noteVerification(run, { begunAt: new Date().toISOString() });
}

function noteVerification({ progress }: Run, changes: Partial<OnboardingStatus['verification']>): void {
  progress.note({ verification: { ...progress.status.verification, ...changes } });
}

function whetherToEnable({ accountId, emailDomain }: OnboardingSettings): Question {
  return {
    about: `enabling ${emailDomain}`,
    consequence: whatEnablingMeans(emailDomain, accountId),
    event: 'onboarding.needs-approval',
  };
}

/** Looks after enabling that may still show the old state before the run gives up. */
const readBackLooks = 3;

/** Step 6: applies at once to every user of the domain. Returns false when somebody else had enabled it already. */
async function enable(run: Run): Promise<boolean> {
  const { progress } = run;
  if (progress.status.connector?.enabled === true) return false;
  await deleteTwin(run);
  if (run.settings.confirmWithinSeconds) await requireLastingToken(run, run.settings.confirmWithinSeconds);
  const rescue = breakGlassCommand(run.settings.accountId, progress.status.connector?.id ?? '');
  progress.enter('enabling', `enabling the connector; whoever is locked out by it needs: ${rescue}`);
  const since = new Date().toISOString();
  const { ours } = await undoable(
    run,
    'disable-connector',
    async () => await run.onCloudflare('Enable the connector').enableConnector(connectorRequest(run)),
  );

  for (let look = 1; look <= readBackLooks; look += 1) {
    const connector = await readConnector(run, 'Is it really enabled?');
    if (connector === null) throw failure('ConnectorChanged', 'the connector was deleted while it was being enabled');
    if (connector.enabled) {
      progress.note({ enabledAt: new Date().toISOString() });
      return ours;
    }
    const reason = 'enabled, and Cloudflare still shows it disabled';
    if (look < readBackLooks) await run.waitForNextLook({ since, reason, summary: 'Until it is read again' });
  }
  throw failure('ConnectorChanged', 'Cloudflare accepted the enabling, and still shows the connector disabled');
}

/** Whoever is not confirmed has to be disabled again, so the token must not expire before. */
async function requireLastingToken({ settings: { accountId, pace }, onCloudflare }: Run, withinSeconds: number) {
  const until = new Date(Date.now() + withinSeconds * 1000 + day).toISOString();
  await onCloudflare('Will the token outlive the window?').requireLastingToken({ accountId, until, pace });
}

/** A create whose answer was lost can land after a later try made the connector: what it left goes before anything is enabled. */
async function deleteTwin({ settings, progress, onCloudflare }: Run): Promise<void> {
  const {
    connector,
    connectorsBefore: before,
    undo: { steps },
  } = progress.status;
  const creating = steps.find(({ kind }) => kind === 'delete-connector');
  if (before === null || connector === null || creating === undefined || creating.certain) return;
  const { accountId, emailDomain, useFedrampLanguage, pace } = settings;
  const certainty = certaintyOf(creating, pace);
  const creation = { createdId: null, inUseId: connector.id, before, useFedrampLanguage, ...certainty };
  const request = { accountId, emailDomain, creation, pace };
  try {
    await onCloudflare('Did a lost answer leave a second one?').deleteConnector(request);
  } catch (error) {
    // It is not enabled and does no harm, so it is no reason to end a run that is ready to enable.
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  }
}

async function readConnector(run: Run, summary: string): Promise<Connector | null> {
  const { progress } = run;
  const connector = await run.onCloudflare(summary).getConnector(connectorRequest(run));
  const origin = progress.status.connector?.origin ?? 'adopted';
  if (connector !== null) progress.note({ connector: { ...connector, origin } });
  return connector;
}

function connectorRequest({ settings: { accountId, pace }, progress }: Run) {
  const { connector } = progress.status;
  if (connector === null) throw new TypeError('There is no connector yet');
  return { accountId, connectorId: connector.id, pace };
}

async function finish(run: Run, { alreadyEnabled }: { alreadyEnabled: boolean }): Promise<OnboardingResult> {
  const { progress } = run;
  // A cancel can come while the last answer is on its way, or while no worker is up.
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The run was cancelled');
  const { connector, emailDomain, txtRecord, verification, enabledAt } = progress.status;
  if (connector === null) throw new TypeError('There is no connector yet');
  progress.enter('enabled', alreadyEnabled ? 'the connector was enabled already' : 'the connector is enabled');
  const result: OnboardingResult = {
    connectorId: connector.id,
    emailDomain,
    enabled: true,
    alreadyEnabled,
    txtRecord,
    verifiedAt: verification.verifiedAt,
    enabledAt,
  };
  // Histories from before there were records have no such commands.
  if (patched('remember-connector')) await rememberConnectorOf(run, { shouldBeEnabled: true });
  await tell(run, 'onboarding.enabled', 'outcome', { result });
  return result;
}

/** What drift is measured against, and what off-boarding may take away. */
async function rememberConnectorOf(
  { progress }: Run,
  { shouldBeEnabled }: { shouldBeEnabled: boolean },
): Promise<void> {
  const { accountId, emailDomain, connector, txtRecord, zone, enabledAt } = progress.status;
  if (connector === null) return;
  const { firstExecutionRunId: runId } = workflowInfo();
  const isRecorded = await remember({
    accountId,
    emailDomain,
    connectorId: connector.id,
    shouldBeEnabled,
    enabledAt: enabledAt ?? new Date().toISOString(),
    txt: txtRecord === null ? null : { record: txtRecord, shown: zone, runId },
  });
  if (!isRecorded) {
    const { reason } = progress.status;
    progress.note({ reason: `${reason}; it could not be recorded, so drift and off-boarding do not know it` });
  }
}
