/** The one TXT value of a run: published beside the others, found again, and kept there while Cloudflare looks for it. */
import type { DnsProviderName } from '../../contract/names/vocabulary.ts';
import type { Connector } from '../../contract/schemas/connector.ts';
import type { ProviderZone, TxtRecord } from '../../contract/schemas/dns.ts';
import { describeRecord } from '../../messages/txt-record.ts';
import { tell } from '../shared/call-back.ts';
import { attempt, toTarget } from '../shared/run.ts';
import type { Run } from '../shared/run.ts';
import { undoable } from './undo.ts';

/** Where the value goes, and by whom. */
export interface Place {
  provider: DnsProviderName;
  zone: ProviderZone;
}

/** Step 3: adds one value at the e-mail domain's own name and leaves the others as they are. */
export async function publishTxtValue(
  run: Run,
  { provider, zone }: Place,
  { verificationCode: value }: Connector,
): Promise<void> {
  const { settings, progress } = run;
  const { emailDomain: name } = settings;
  progress.enter('publishing-txt', `adding the TXT value at ${name}`);
  const record = { provider, zone, name, value, recordId: null, changeId: null, preexisting: false };
  const found = await findTxtRecord(run, record, 'Is the TXT value there already?');
  if (found === null) await publish(run, run, record);
  else progress.note({ txtRecord: { ...record, recordId: found.recordId, preexisting: true } });
}

async function publish(run: Run, { onProvider }: Pick<Run, 'onProvider'>, record: TxtRecord): Promise<void> {
  const { settings, progress } = run;
  progress.note({ txtRecord: record });
  const { provider } = record;
  const target = toTarget(run, record);
  const { recordId, changeId, ours } = await undoable(
    run,
    'remove-txt-value',
    async () =>
      await onProvider(provider, 'Publish the TXT value').publishTxtRecord({ provider, target, pace: settings.pace }),
  );
  progress.note({ txtRecord: { ...record, recordId, changeId, preexisting: !ours } });
  if (provider !== 'manual') return;
  progress.note({ reason: instruct(run, record) });
  await tell(run, 'onboarding.needs-dns-change', 'needs-dns-change/publish');
}

/** What is being waited for; for `manual`, what a human has to do. */
export function instruct({ progress }: Run, { provider, name, value, zone }: TxtRecord): string {
  if (provider !== 'manual') return `waiting for the name servers of ${zone.apex} to show the TXT value`;
  const { zone: shown, caches } = progress.status;
  const served = shown === null ? '' : ` (served by ${shown.nameServers.join(', ')})`;
  return `add by hand in the zone ${zone.apex}${served}, beside the other values: ${describeRecord(name, value, caches)}`;
}

export async function findTxtRecord(
  run: Run,
  record: TxtRecord,
  summary: string,
  { onProvider }: Pick<Run, 'onProvider'> = run,
) {
  const { provider } = record;
  const request = { provider, target: toTarget(run, record), pace: run.settings.pace };
  return await onProvider(provider, summary).findTxtRecord(request);
}

/**
 * Somebody may delete the value while Cloudflare looks for it: it is published again if it was ours, and reported if not.
 * A provider that does not answer is no reason to stop looking at Cloudflare.
 */
export async function keepTxtValue(run: Run): Promise<void> {
  const { txtRecord } = run.progress.status;
  // Whether a person's value is still there is what the evidence shows.
  if (txtRecord === null || txtRecord.provider === 'manual') return;
  await attempt(run, async () => await keep(run, txtRecord));
}

async function keep(run: Run, txtRecord: TxtRecord): Promise<void> {
  const { progress, briefly } = run;
  const { verification, caches } = progress.status;
  if ((await findTxtRecord(run, txtRecord, 'Is the TXT value still there?', briefly)) !== null) return;
  if (txtRecord.preexisting) {
    progress.note({
      reason: `the TXT value at ${txtRecord.name} has vanished; it was there before this run: add it again`,
    });
    return;
  }
  await publish(run, briefly, { ...txtRecord, recordId: null });
  progress.note({
    // Caches may hold the gap.
    caches: caches && { ...caches, expectedEverywhereAt: null },
    verification: { ...verification, republished: verification.republished + 1 },
    reason: 'the TXT value had vanished and was published again',
  });
}
