/** Step 4, and what DNS shows during step 5: waits for the name servers, and says which side is late. */
import type { DnsEvidence, TxtRecord } from '../../contract/schemas/dns.ts';
import { tellLateSide } from '../../decisions/late-side.ts';
import { decidePropagation } from '../../decisions/propagation.ts';
import { attempt } from '../shared/run.ts';
import type { Run } from '../shared/run.ts';
import { findTxtRecord, instruct } from './txt-value.ts';

/** Step 4: until every authoritative server that answers has the value, or DNS cannot tell and the provider confirms it. */
export async function waitForDns(run: Run): Promise<void> {
  const { settings, progress } = run;
  const { zone, txtRecord } = progress.status;
  if (txtRecord === null) return;
  await waitForSpread(run);
  if (settings.propagation.check === 'off' || zone === null) return;
  const { name, value } = txtRecord;
  if (progress.status.phase !== 'waiting-for-dns') progress.enter('waiting-for-dns', instruct(run, txtRecord));
  const since = enteredAt(run);

  for (;;) {
    const evidence = await run
      .onDns('What do the name servers say?')
      .observeTxt({ zone, name, value, pace: settings.pace });
    const decision = decidePropagation(evidence, (Date.now() - Date.parse(since)) / 1000, settings.propagation);
    noteEvidence(run, evidence);
    progress.note({ reason: decision.reason });
    if (decision.kind === 'propagated') return;
    if (decision.kind === 'ask-provider' && (await isConfirmed(run, txtRecord, since))) return;
    await run.waitForNextLook({
      since,
      reason: `${instruct(run, txtRecord)}; ${decision.reason}`,
      summary: 'Until the name servers are asked again',
    });
  }
}

/** When the phase it is in began. */
function enteredAt({ progress: { status } }: Run): string {
  return status.timeline.at(-1)?.enteredAt ?? status.startedAt;
}

/** A provider may take a change before its own name servers have it. Not for ever: what they show is what counts. */
async function waitForSpread(run: Run): Promise<void> {
  const { progress, settings, briefly } = run;
  for (;;) {
    const { txtRecord } = progress.status;
    const changeId = txtRecord?.changeId ?? null;
    if (txtRecord === null || changeId === null) return;
    const { provider } = txtRecord;
    const reason = `${provider} is bringing the TXT value to its name servers (change ${changeId})`;
    if (progress.status.phase !== 'waiting-for-dns') progress.enter('waiting-for-dns', reason);
    const request = { provider, changeId, pace: settings.pace };
    const look = briefly.onProvider(provider, 'Do its name servers have the change?');
    const hasSpread = await attempt(run, async () => await look.hasChangeSpread(request));
    const waitedSeconds = (Date.now() - Date.parse(enteredAt(run))) / 1000;
    if (hasSpread !== false || waitedSeconds >= settings.propagation.maxSeconds) {
      progress.note({ txtRecord: { ...txtRecord, changeId: null } });
      return;
    }
    await run.waitForNextLook({ since: enteredAt(run), reason, summary: `Until ${provider} is asked again` });
  }
}

/** From when the last server has it, caches can hide it for as long as what they hold; a value found there hides nothing. */
function noteEvidence({ progress, settings }: Run, evidence: DnsEvidence): void {
  progress.note({ evidence });
  const { caches, txtRecord } = progress.status;
  // A status that an earlier version of this code carried has no outlook.
  if (!caches || caches.expectedEverywhereAt !== null || txtRecord?.preexisting === true) return;
  if (decidePropagation(evidence, 0, settings.propagation).kind !== 'propagated') return;
  const expectedEverywhereAt = new Date(Date.parse(evidence.observedAt) + caches.seconds * 1000).toISOString();
  progress.note({ caches: { ...caches, expectedEverywhereAt } });
}

/** The provider's word; for a human's record nobody can give it, so there it is time that has to do. */
async function isConfirmed(run: Run, txtRecord: TxtRecord, since: string): Promise<boolean> {
  if (txtRecord.provider === 'manual')
    return Date.now() - Date.parse(since) >= run.settings.propagation.maxSeconds * 1000;
  return (await findTxtRecord(run, txtRecord, 'Does the provider have it?')) !== null;
}

/** The name servers are asked again now and then, so that the status can say which side is late. */
export async function refreshEvidence(run: Run): Promise<void> {
  const { settings, progress, briefly } = run;
  const { zone, txtRecord, evidence } = progress.status;
  if (settings.propagation.check === 'off' || zone === null || txtRecord === null) return;
  const age = evidence === null ? Infinity : Date.now() - Date.parse(evidence.observedAt);
  // Settings that an earlier version of this code validated do not say how often: then never.
  if (!(age >= settings.propagation.refreshSeconds * 1000)) return;
  const { name, value } = txtRecord;
  const request = { zone, name, value, pace: settings.pace };
  const look = briefly.onDns('What do the name servers say now?');
  const seen = await attempt(run, async () => await look.observeTxt(request));
  if (seen !== null) noteEvidence(run, seen);
}

/** Which side is late; and a human's record may still be missing. */
export function remind(run: Run, reason: string): string {
  const { txtRecord, evidence } = run.progress.status;
  const isSeen = evidence !== null && decidePropagation(evidence, 0, run.settings.propagation).kind === 'propagated';
  const request = txtRecord?.provider === 'manual' && !isSeen ? instruct(run, txtRecord) : null;
  return [reason, tellLateSide(evidence), request].filter((part) => part !== null).join('; ');
}
