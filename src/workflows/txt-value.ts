/** The one TXT value of a run: published beside the others, found again, and kept there while Cloudflare looks for it. */
import type { Connector, ProviderZone, TxtRecord } from '../contract.ts';
import { toTarget } from './run.ts';
import type { Run } from './run.ts';
import { undoable } from './undo.ts';

/** Step 3: adds one value at the e-mail domain's own name and leaves the others as they are. */
export async function publishTxtValue(
  run: Run,
  zone: ProviderZone,
  { verificationCode: value }: Connector,
): Promise<void> {
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

export async function findTxtRecord({ settings, onProvider }: Run, record: TxtRecord, summary: string) {
  const { provider } = record;
  return await onProvider(summary).findTxtRecord({ provider, target: toTarget(record), pace: settings.pace });
}

/** Somebody may delete the value while Cloudflare looks for it: it is published again if it was ours, and reported if not. */
export async function keepTxtValue(run: Run): Promise<void> {
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
  progress.note({
    verification: { ...verification, republished: verification.republished + 1 },
    reason: 'the TXT value had vanished and was published again',
  });
}
