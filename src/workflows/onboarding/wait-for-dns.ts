/** Waits for the name servers, and reports during verification whether DNS or Cloudflare is late. */
import type { DnsEvidence, TxtRecord } from '../../contract/schemas/dns.ts';
import { decidePropagation, describeDelay } from '../../decisions/propagation.ts';
import { bestEffort } from './onboarding-run.ts';
import type { OnboardingRun } from './onboarding-run.ts';
import { describeWait, findTxtRecord } from './txt-value.ts';

/** Waits until every authoritative server that answers has the value, or until DNS cannot say and the provider confirms it. */
export async function waitForDns(run: OnboardingRun): Promise<void> {
  const { settings, timings, progress } = run;
  const { zone, txtRecord } = progress.status;
  if (txtRecord === null) return;
  await waitForProvider(run);
  if (settings.propagationCheck === 'off' || zone === null) return;
  const { name, value } = txtRecord;
  if (progress.status.phase !== 'waiting-for-dns') progress.enterPhase('waiting-for-dns', describeWait(run, txtRecord));
  const since = phaseEnteredAt(run);

  for (;;) {
    const evidence = await run.onOnboardingQueue('Ask the name servers').observeTxt({ zone, name, value });
    const decision = decidePropagation(evidence, (Date.now() - Date.parse(since)) / 1000, timings.propagation);
    setEvidence(run, evidence);
    progress.set({ reason: decision.reason });
    if (decision.kind === 'propagated') return;
    if (decision.kind === 'ask-provider' && (await isConfirmedByProvider(run, txtRecord, since))) return;
    await run.waitForNextCheck({
      since,
      reason: `${describeWait(run, txtRecord)}; ${decision.reason}`,
      summary: 'Until the name servers are asked again',
    });
  }
}

function phaseEnteredAt({ progress: { status } }: OnboardingRun): string {
  return status.timeline.at(-1)?.enteredAt ?? status.startedAt;
}

/** A provider may accept a change before its own name servers have it. Waits for a limited time: the name servers decide. */
async function waitForProvider(run: OnboardingRun): Promise<void> {
  const { progress, timings, optional } = run;
  for (;;) {
    const { txtRecord } = progress.status;
    const changeId = txtRecord?.changeId ?? null;
    if (txtRecord === null || changeId === null) return;
    const { provider } = txtRecord;
    const reason = `${provider} is copying the TXT value to its name servers (change ${changeId})`;
    if (progress.status.phase !== 'waiting-for-dns') progress.enterPhase('waiting-for-dns', reason);
    const activities = optional.onProviderQueue(provider, 'Ask whether all its name servers have the change');
    const isComplete = await bestEffort(run, async () => await activities.isChangeComplete({ provider, changeId }));
    const waitedSeconds = (Date.now() - Date.parse(phaseEnteredAt(run))) / 1000;
    if (isComplete !== false || waitedSeconds >= timings.propagation.maxSeconds) {
      progress.set({ txtRecord: { ...txtRecord, changeId: null } });
      return;
    }
    await run.waitForNextCheck({ since: phaseEnteredAt(run), reason, summary: `Until ${provider} is asked again` });
  }
}

/** Once the last server has the value, caches can still hide it for a known time. A value that was there before is hidden by none. */
function setEvidence({ progress, timings }: OnboardingRun, evidence: DnsEvidence): void {
  progress.set({ evidence });
  const { caches, txtRecord } = progress.status;
  if (caches === null || caches.expectedEverywhereAt !== null || txtRecord?.preexisting === true) return;
  if (decidePropagation(evidence, 0, timings.propagation).kind !== 'propagated') return;
  const expectedEverywhereAt = new Date(Date.parse(evidence.observedAt) + caches.seconds * 1000).toISOString();
  progress.set({ caches: { ...caches, expectedEverywhereAt } });
}

/** Nobody can confirm a record that a person publishes, so for `manual` the time decides. */
async function isConfirmedByProvider(run: OnboardingRun, txtRecord: TxtRecord, since: string): Promise<boolean> {
  if (txtRecord.provider === 'manual')
    return Date.now() - Date.parse(since) >= run.timings.propagation.maxSeconds * 1000;
  return (await findTxtRecord(run, txtRecord, 'Ask the provider for the TXT record')) !== null;
}

/** Asks the name servers again now and then, so that the status can say whether DNS or Cloudflare is late. */
export async function refreshEvidence(run: OnboardingRun): Promise<void> {
  const { settings, timings, progress, optional } = run;
  const { zone, txtRecord, evidence } = progress.status;
  if (settings.propagationCheck === 'off' || zone === null || txtRecord === null) return;
  const age = evidence === null ? Infinity : Date.now() - Date.parse(evidence.observedAt);
  if (age < timings.propagation.refreshSeconds * 1000) return;
  const { name, value } = txtRecord;
  const activities = optional.onOnboardingQueue('Ask the name servers again');
  const answers = await bestEffort(run, async () => await activities.observeTxt({ zone, name, value }));
  if (answers !== null) setEvidence(run, answers);
}

/** `reason`, whether DNS or Cloudflare is late, and what a person still has to publish. */
export function explainVerificationWait(run: OnboardingRun, reason: string): string {
  const { txtRecord, evidence } = run.progress.status;
  const isPublished =
    evidence !== null && decidePropagation(evidence, 0, run.timings.propagation).kind === 'propagated';
  const request = txtRecord?.provider === 'manual' && !isPublished ? describeWait(run, txtRecord) : null;
  return [reason, describeDelay(evidence), request].filter((part) => part !== null).join('; ');
}
