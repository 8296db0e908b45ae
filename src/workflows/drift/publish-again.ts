/** A TXT value of ours that has vanished: put back where it was, for as long as its connector relies on it. */
import { workflowInfo } from '@temporalio/workflow';

import type { TxtTrouble } from '../../activities/drift.ts';
import type { DriftFinding } from '../../contract/schemas/drift.ts';
import { shorten, whyNotPublish } from '../../decisions/drift.ts';
import { listProblems } from '../../messages/problems.ts';
import { explainFailure } from './drift-run.ts';
import type { Look } from './drift-run.ts';
import { amendRecord } from '../shared/remember-connector.ts';

/** The finding, and what became of it. */
export async function publishAgain(look: Look, finding: DriftFinding, trouble: TxtTrouble): Promise<DriftFinding> {
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
async function publish(look: Look, trouble: TxtTrouble): Promise<string | null> {
  const { settings, onCloudflare, onDns, onProvider } = look;
  const { emailDomain, record, txt } = trouble;
  const { connectorId } = record;
  const { accountId, pace } = settings;
  const { provider, name, value } = txt.record;
  const connector = await onCloudflare(`Is ${emailDomain} still enabled?`).getConnector({
    accountId,
    connectorId,
    pace,
  });
  const objection = whyNotPublish(txt, connector);
  if (objection !== null) return objection;

  // What would speak against an onboarding (a wildcard that the value would hide, a CNAME) speaks against this too.
  const dns = await onDns(`May a value be published at ${emailDomain}?`).findPublishingZone({ emailDomain, pace });
  if (!dns.found) return listProblems(dns.problems);
  const wanted = { accountId, emailDomain, shown: dns.zone };
  const finding = await onProvider(provider, `Can ${provider} still publish for ${emailDomain}?`).findProviderZone({
    provider,
    wanted,
    pace,
  });
  if (!finding.fit) return listProblems(finding.problems);

  // Marked with the run that first published it, so that off-boarding knows it for ours.
  const target = { zone: finding.zone, shown: dns.zone, name, value, runId: txt.runId };
  const there = await onProvider(provider, `Does ${provider} have it?`).findTxtRecord({ provider, target, pace });
  if (there !== null) return `${provider} has it, and the name servers do not show it`;
  if (await isUnsettled(look, trouble)) return unsettled;
  const { ours, recordId } = await onProvider(
    provider,
    `Publish the TXT value of ${emailDomain} again`,
  ).publishTxtRecord({ provider, target, pace });
  if (!ours) return 'somebody else has just added it';
  if (await isUnsettled(look, trouble)) {
    // Whoever off-boarded it meanwhile saw no value to remove.
    await onProvider(provider, 'Remove it again').removeTxtRecord({ provider, target, recordId, pace });
    return unsettled;
  }
  await amendRecord({
    ...record,
    txt: { ...txt, shown: dns.zone, record: { ...txt.record, zone: finding.zone, recordId } },
  });
  return null;
}

const unsettled = 'the domain is being onboarded or off-boarded';

async function isUnsettled(
  { settings: { accountId, pace }, onDns }: Look,
  { emailDomain, record: { connectorId } }: TxtTrouble,
): Promise<boolean> {
  const domains = [{ emailDomain, connectorId }];
  const request = { accountId, domains, since: workflowInfo().startTime.toISOString(), pace };
  return (await onDns(`Is somebody at work on ${emailDomain}?`).findUnsettled(request)).length > 0;
}
