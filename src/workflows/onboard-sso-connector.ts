/** The story: one e-mail domain from "please" to `enabled`. Reads top to bottom; each step is a function below. */
import {
  allHandlersFinished,
  condition,
  ContinueAsNew,
  continueAsNew,
  proxyActivities,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';

import type { ValidationActivities } from '../activities/validate-input.ts';
import { ONBOARDING_TASK_QUEUE } from '../contract.ts';
import type {
  Connector,
  OnboardingInput,
  OnboardingResult,
  OnboardingSettings,
  OnboardingStatus,
  Problem,
  ProviderZone,
  PublishingZone,
  TxtRecord,
} from '../contract.ts';
import { decideConnector } from '../decisions/connector.ts';
import { decidePropagation } from '../decisions/propagation.ts';
import { decideVerification } from '../decisions/verification.ts';
import { failure, toCause, toRunFailure } from './failures.ts';
import { trackProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { createRun } from './run.ts';
import type { Run } from './run.ts';
import { hasSomethingToUndo, rejectGiveUp, undo, undoable } from './undo.ts';

const day = 86_400_000;

/** What a run hands on to itself when it continues as new. */
export interface Carried {
  settings: OnboardingSettings;
  status: OnboardingStatus;
}

/** Types only promise what a client sent: `validateInput` is what makes it so. `carried` is nobody's to send. */
export async function onboardSsoConnector(input: OnboardingInput, carried?: Carried): Promise<OnboardingResult> {
  const continued = workflowInfo().continuedFromExecutionRunId === undefined ? null : (carried ?? null);
  const progress = trackProgress(continued?.status ?? null);
  rejectGiveUp();
  const run = await begin(input, progress, continued?.settings ?? null);
  try {
    return await onboard(run);
  } catch (error) {
    throw await undone(run, error);
  }
}

async function begin(input: OnboardingInput, progress: Progress, continued: OnboardingSettings | null): Promise<Run> {
  const settings = continued ?? (await validate(input));
  const deadlineAt = progress.status.deadlineAt ?? new Date(Date.now() + settings.deadlineSeconds * 1000).toISOString();
  progress.note({ deadlineAt });
  return createRun(settings, progress, new Date(deadlineAt), async () => {
    await condition(allHandlersFinished);
    return await continueAsNew<typeof onboardSsoConnector>(input, { settings, status: progress.status });
  });
}

async function onboard(run: Run): Promise<OnboardingResult> {
  const { progress } = run;
  // A run that continued as new goes on in the wait that it was in.
  if (progress.status.phase === 'checking-prerequisites') {
    const zone = await checkPrerequisites(run);
    const connector = await findOrCreateConnector(run);
    if (connector.enabled) return finish(run, { alreadyEnabled: true });
    if (connector.verificationStatus !== 'verified') await publishTxtValue(run, zone, connector);
  }
  if (progress.status.connector?.verificationStatus !== 'verified') {
    if (progress.status.phase !== 'waiting-for-verification') await waitForDns(run);
    await waitForVerification(run);
  }
  return finish(run, { alreadyEnabled: !(await enable(run)) });
}

/** Step 7, and what the run then fails with. */
async function undone(run: Run, error: unknown): Promise<unknown> {
  // A fault of this code is no reason to undo: the run stands still until the code has been mended.
  const isFailure = error instanceof TemporalFailure && !(error instanceof ContinueAsNew);
  if (!isFailure || !hasSomethingToUndo(run)) return toRunFailure(error);
  const report = await undo(run, toCause(error));
  return failure('Undone', `${report.cause.message}; ${run.progress.status.reason}`, [report]);
}

/** Step 1, before anything else: any client, in any language, may have started this run. */
async function validate(input: OnboardingInput): Promise<OnboardingSettings> {
  const { validateInput } = proxyActivities<ValidationActivities>({
    summary: 'Check the input',
    taskQueue: ONBOARDING_TASK_QUEUE,
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
async function checkPrerequisites(run: Run): Promise<ProviderZone> {
  const { accountId, emailDomain, dnsProvider, propagation, pace } = run.settings;
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
  const wanted = { accountId, emailDomain, shown };
  const finding = await run
    .onProvider(`Can ${dnsProvider} publish in that zone?`)
    .findProviderZone({ provider: dnsProvider, wanted, pace });
  const problems = [...accountProblems, ...(finding.fit ? [] : finding.problems)];
  if (!finding.fit || problems.length > 0) throw prerequisitesNotMet(problems);
  run.progress.note({ zone: shown });
  return finding.zone;
}

function prerequisitesNotMet(problems: Problem[]): Error {
  const listed = problems.map(({ subject, problem, remedy }) => `${subject}: ${problem} (${remedy})`).join('; ');
  return failure('PrerequisitesNotMet', `Not ready to onboard, and nothing was changed: ${listed}`, problems);
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

/** Step 3: adds one value at the e-mail domain's own name and leaves the others as they are. */
async function publishTxtValue(run: Run, zone: ProviderZone, { verificationCode: value }: Connector): Promise<void> {
  const { settings, progress } = run;
  const { emailDomain: name, dnsProvider: provider } = settings;
  progress.enter('publishing-txt', `adding the TXT value at ${name}`);
  const record = { provider, zone, name, value, recordId: null, preexisting: false };
  const found = await findTxtRecord(run, record, 'Is the TXT value there already?');
  if (found === null) await publish(run, record);
  else progress.note({ txtRecord: { ...record, recordId: found.recordId, preexisting: true } });
}

async function publish(run: Run, record: TxtRecord): Promise<void> {
  const { settings, progress, onProvider } = run;
  progress.note({ txtRecord: record });
  const { provider } = record;
  const target = toTarget(record);
  const { recordId, ours } = await undoable(
    run,
    'remove-txt-value',
    async () => await onProvider('Publish the TXT value').publishTxtRecord({ provider, target, pace: settings.pace }),
  );
  progress.note({ txtRecord: { ...record, recordId, preexisting: !ours && recordId !== null } });
}

async function findTxtRecord({ settings, onProvider }: Run, record: TxtRecord, summary: string) {
  const { provider } = record;
  return await onProvider(summary).findTxtRecord({ provider, target: toTarget(record), pace: settings.pace });
}

function toTarget({ zone, name, value }: TxtRecord) {
  return { zone, name, value, runId: workflowInfo().firstExecutionRunId };
}

/** Step 4: until every authoritative server that answers has the value, or DNS cannot tell and the provider confirms it. */
async function waitForDns(run: Run): Promise<void> {
  const { settings, progress } = run;
  const { zone, txtRecord } = progress.status;
  if (settings.propagation.check === 'off' || zone === null || txtRecord === null) return;
  const { name, value } = txtRecord;
  if (progress.status.phase !== 'waiting-for-dns') progress.enter('waiting-for-dns', instruct(txtRecord, zone));
  const since = progress.status.timeline.at(-1)?.enteredAt ?? progress.status.startedAt;

  for (;;) {
    const evidence = await run
      .onDns('What do the name servers say?')
      .observeTxt({ zone, name, value, pace: settings.pace });
    const decision = decidePropagation(evidence, (Date.now() - Date.parse(since)) / 1000, settings.propagation);
    progress.note({ evidence, reason: decision.reason });
    if (decision.kind === 'propagated') return;
    if (decision.kind === 'ask-provider') {
      const confirmed = await findTxtRecord(run, txtRecord, 'Does the provider have it?');
      if (confirmed !== null) return;
    }
    await run.waitForNextLook({
      since,
      reason: `${instruct(txtRecord, zone)}; ${decision.reason}`,
      summary: 'Until the name servers are asked again',
    });
  }
}

/** What is being waited for; for `manual`, what a human has to do. */
function instruct({ provider, name, value }: TxtRecord, { apex, nameServers }: PublishingZone): string {
  return provider === 'manual'
    ? `add TXT "${value}" at ${name} in the zone ${apex} (served by ${nameServers.join(', ')})`
    : `waiting for the name servers of ${apex} to show the TXT value`;
}

/** Step 5: Cloudflare looks at DNS by itself; this run looks at Cloudflare, ever more rarely. */
async function waitForVerification(run: Run): Promise<void> {
  const { progress } = run;
  if (progress.status.phase !== 'waiting-for-verification') {
    progress.enter('waiting-for-verification', 'Cloudflare is looking for the TXT value');
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
    progress.note({ reason: decision.reason });
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

/** Somebody may delete the value while Cloudflare looks for it: it is published again if it was ours, and reported if not. */
async function keepTxtValue(run: Run): Promise<void> {
  const { progress } = run;
  const { txtRecord, verification } = progress.status;
  // A human's record is not to be found at a provider.
  if (txtRecord === null || txtRecord.provider === 'manual') return;
  if ((await findTxtRecord(run, txtRecord, 'Is the TXT value still there?')) !== null) return;
  if (txtRecord.preexisting) {
    progress.note({
      reason: `the TXT value at ${txtRecord.name} has vanished; it was there before this run: add it again`,
    });
    return;
  }
  await publish(run, { ...txtRecord, recordId: null });
  noteVerification(run, { republished: verification.republished + 1 });
  progress.note({ reason: 'the TXT value had vanished and was published again' });
}

async function beginVerification(run: Run): Promise<void> {
  await run.onCloudflare('Begin verification').beginVerification(connectorRequest(run));
  noteVerification(run, { begunAt: new Date().toISOString() });
}

function noteVerification({ progress }: Run, changes: Partial<OnboardingStatus['verification']>): void {
  progress.note({ verification: { ...progress.status.verification, ...changes } });
}

/** Looks after enabling that may still show the old state before the run gives up. */
const readBackLooks = 3;

/** Step 6: applies at once to every user of the domain. Returns false when somebody else had enabled it already. */
async function enable(run: Run): Promise<boolean> {
  const { progress } = run;
  if (progress.status.connector?.enabled === true) return false;
  progress.enter('enabling', 'enabling the connector');
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

function finish({ progress }: Run, { alreadyEnabled }: { alreadyEnabled: boolean }): OnboardingResult {
  const { connector, emailDomain, txtRecord, verification, enabledAt } = progress.status;
  if (connector === null) throw new TypeError('There is no connector yet');
  progress.enter('enabled', alreadyEnabled ? 'the connector was enabled already' : 'the connector is enabled');
  return {
    connectorId: connector.id,
    emailDomain,
    enabled: true,
    alreadyEnabled,
    txtRecord,
    verifiedAt: verification.verifiedAt,
    enabledAt,
  };
}
