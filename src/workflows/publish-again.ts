/** A TXT value of ours that has vanished: put back where it was, for as long as its connector relies on it. */
import type { TxtTrouble } from '../activities/drift.ts';
import type { DriftFinding } from '../contract/drift.ts';
import { shorten, whyNotPublish } from '../decisions/drift.ts';
import { explainFailure } from './drift-look.ts';
import type { Look } from './drift-look.ts';

/** The finding, and what became of it. */
export async function publishAgain(
  look: Look,
  finding: DriftFinding,
  trouble: TxtTrouble & { connectorId: string },
): Promise<DriftFinding> {
  const left = (why: string) => ({ ...finding, detail: shorten(`${finding.detail}; not published again: ${why}`) });
  try {
    const obstacle = await publish(look, trouble);
    if (obstacle !== null) return left(obstacle);
  } catch (error) {
    return left(explainFailure(error));
  }
  const remedy = 'published again; find out who took it away';
  return { ...finding, remedy, repaired: true };
}

/** `null`: done; else what stands in the way. */
async function publish(
  { settings, onCloudflare, onProvider }: Look,
  { emailDomain, connectorId, txt, shown }: TxtTrouble & { connectorId: string },
): Promise<string | null> {
  const { accountId, pace } = settings;
  const { record, runId } = txt;
  const { provider, name, value } = record;
  if (shown === null) return 'DNS does not show the zone to publish in';
  const connector = await onCloudflare(`Is ${emailDomain} still enabled?`).getConnector({
    accountId,
    connectorId,
    pace,
  });
  const objection = whyNotPublish(txt, connector);
  if (objection !== null) return objection;

  const wanted = { accountId, emailDomain, shown };
  const finding = await onProvider(provider, `Can ${provider} still publish for ${emailDomain}?`).findProviderZone({
    provider,
    wanted,
    pace,
  });
  if (!finding.fit) return finding.problems.map(({ subject, problem }) => `${subject}: ${problem}`).join('; ');

  // Marked with the run that first published it, so that off-boarding knows it for ours.
  const target = { zone: finding.zone, shown, name, value, runId };
  const there = await onProvider(provider, `Does ${provider} have it?`).findTxtRecord({ provider, target, pace });
  if (there !== null) return `${provider} has it, and the name servers do not show it`;
  const { ours } = await onProvider(provider, `Publish the TXT value of ${emailDomain} again`).publishTxtRecord({
    provider,
    target,
    pace,
  });
  return ours ? null : 'somebody else has just added it';
}
