/** The TXT value of a run: published beside other values, and kept there while Cloudflare verifies the domain. */
import type { DnsProviderName } from '../../contract/names/vocabulary.ts';
import type { Connector } from '../../contract/schemas/connector.ts';
import type { ProviderZone, TxtRecord } from '../../contract/schemas/dns.ts';
import { describeTxtRecord } from '../../messages/txt-record.ts';
import { notify } from '../shared/notify.ts';
import { bestEffort, toTxtTarget } from './onboarding-run.ts';
import type { OnboardingRun } from './onboarding-run.ts';
import { withUndoStep } from './undo.ts';

/** Where the value is published, and by which provider. */
export interface PublishTarget {
  provider: DnsProviderName;
  zone: ProviderZone;
}

/** Adds one value at the e-mail domain's own name; the other values stay. */
export async function publishTxtValue(
  run: OnboardingRun,
  { provider, zone }: PublishTarget,
  { verificationCode: value }: Connector,
): Promise<void> {
  const { settings, progress } = run;
  const { emailDomain: name } = settings;
  progress.enterPhase('publishing-txt', `adding the TXT value at ${name}`);
  const record = { provider, zone, name, value, recordId: null, changeId: null, preexisting: false };
  const found = await findTxtRecord(run, record, 'Read the TXT record');
  if (found === null) await publish(run, run, record);
  else progress.set({ txtRecord: { ...record, recordId: found.recordId, preexisting: true } });
}

async function publish(
  run: OnboardingRun,
  { onProviderQueue }: Pick<OnboardingRun, 'onProviderQueue'>,
  record: TxtRecord,
): Promise<void> {
  const { progress } = run;
  progress.set({ txtRecord: record });
  const { provider } = record;
  const target = toTxtTarget(run, record);
  const { recordId, changeId, ours } = await withUndoStep(
    run,
    'remove-txt-value',
    async () => await onProviderQueue(provider, 'Publish the TXT value').publishTxtRecord({ provider, target }),
  );
  progress.set({ txtRecord: { ...record, recordId, changeId, preexisting: !ours } });
  if (provider !== 'manual') return;
  progress.set({ reason: describeWait(run, record) });
  await notify(run, 'onboarding.needs-dns-change', 'needs-dns-change/publish');
}

/** What the run waits for; with the provider `manual`, what a person has to do. */
export function describeWait({ progress }: OnboardingRun, { provider, name, value, zone }: TxtRecord): string {
  if (provider !== 'manual') return `waiting for the name servers of ${zone.apex} to answer with the TXT value`;
  const { zone: shown, caches } = progress.status;
  const served = shown === null ? '' : ` (served by ${shown.nameServers.join(', ')})`;
  return `add by hand in the zone ${zone.apex}${served}, alongside the other values: ${describeTxtRecord(name, value, caches)}`;
}

export async function findTxtRecord(
  run: OnboardingRun,
  record: TxtRecord,
  summary: string,
  { onProviderQueue }: Pick<OnboardingRun, 'onProviderQueue'> = run,
) {
  const { provider } = record;
  return await onProviderQueue(provider, summary).findTxtRecord({ provider, target: toTxtTarget(run, record) });
}

/**
 * Publishes a value of ours again if somebody deleted it while Cloudflare verifies; reports the loss of any other value.
 * If the provider does not answer, the run continues.
 */
export async function restoreTxtValue(run: OnboardingRun): Promise<void> {
  const { txtRecord } = run.progress.status;
  // Whether a value that a person publishes still exists is what the name servers show.
  if (txtRecord === null || txtRecord.provider === 'manual') return;
  await bestEffort(run, async () => await restore(run, txtRecord));
}

async function restore(run: OnboardingRun, txtRecord: TxtRecord): Promise<void> {
  const { progress, optional } = run;
  const { verification, caches } = progress.status;
  if ((await findTxtRecord(run, txtRecord, 'Check that the TXT value exists', optional)) !== null) return;
  if (txtRecord.preexisting) {
    progress.set({
      reason: `the TXT value at ${txtRecord.name} has disappeared; it was there before this run: add it again`,
    });
    return;
  }
  await publish(run, optional, { ...txtRecord, recordId: null });
  progress.set({
    // Caches may hold the absence of the value.
    caches: caches && { ...caches, expectedEverywhereAt: null },
    verification: { ...verification, republished: verification.republished + 1 },
    reason: 'the TXT value had disappeared and was published again',
  });
}
