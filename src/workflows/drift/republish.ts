/** Publishes a TXT value again that an onboarding published and that has disappeared, if its connector still relies on it. */
import { workflowInfo } from '@temporalio/workflow';

import type { TxtProblem } from '../../activities/drift.ts';
import type { DriftFinding } from '../../contract/schemas/drift.ts';
import { shorten, whyNotPublish } from '../../decisions/drift.ts';
import { listProblems } from '../../messages/problems.ts';
import { updateRecord } from '../shared/connector-record.ts';
import { explainFailure } from './drift-check.ts';
import type { DriftCheck } from './drift-check.ts';

/** The finding, with what was done about it. */
export async function republish(check: DriftCheck, finding: DriftFinding, problem: TxtProblem): Promise<DriftFinding> {
  const notPublished = (why: string) => ({
    ...finding,
    detail: shorten(`${finding.detail}; not published again: ${why}`),
  });
  try {
    const obstacle = await publish(check, problem);
    if (obstacle !== null) return notPublished(obstacle);
  } catch (error) {
    return notPublished(explainFailure(error));
  }
  return { ...finding, remedy: 'published again; find out who removed it', repaired: true };
}

/** `null`: published; otherwise why not. */
async function publish(check: DriftCheck, problem: TxtProblem): Promise<string | null> {
  const { settings, onCloudflareQueue, onOnboardingQueue, onProviderQueue } = check;
  const { emailDomain, record, txt } = problem;
  const { connectorId } = record;
  const { accountId } = settings;
  const { provider, name, value } = txt.record;
  const connector = await onCloudflareQueue(`Read the connector of ${emailDomain}`).getConnector({
    accountId,
    connectorId,
  });
  const objection = whyNotPublish(txt, connector);
  if (objection !== null) return objection;

  // What prevents an onboarding (a wildcard that the value would hide, a CNAME) prevents this too.
  const dns = await onOnboardingQueue(`Find the zone of ${emailDomain}`).findPublishingZone({ emailDomain });
  if (!dns.found) return listProblems(dns.problems);
  const finding = await onProviderQueue(provider, `Find the zone of ${emailDomain} at ${provider}`).findProviderZone({
    provider,
    wanted: { accountId, emailDomain, shown: dns.zone },
  });
  if (!finding.fit) return listProblems(finding.problems);

  // Marked with the run that published it first, so that off-boarding recognises it.
  const target = { zone: finding.zone, shown: dns.zone, name, value, runId: txt.runId };
  const existing = await onProviderQueue(provider, 'Read the TXT record').findTxtRecord({ provider, target });
  if (existing !== null) return `${provider} has it, but the name servers do not return it`;
  if (await isInProgress(check, problem)) return inProgress;
  const summary = `Publish the TXT value of ${emailDomain} again`;
  const { ours, recordId } = await onProviderQueue(provider, summary).publishTxtRecord({ provider, target });
  if (!ours) return 'somebody else has just added it';
  if (await isInProgress(check, problem)) {
    // An off-boarding that ran meanwhile found no value to remove.
    await onProviderQueue(provider, 'Remove the TXT value again').removeTxtRecord({ provider, target, recordId });
    return inProgress;
  }
  await updateRecord({
    ...record,
    txt: { ...txt, shown: dns.zone, record: { ...txt.record, zone: finding.zone, recordId } },
  });
  return null;
}

const inProgress = 'the domain is being onboarded or off-boarded';

async function isInProgress(
  { settings: { accountId }, onOnboardingQueue }: DriftCheck,
  { emailDomain, record: { connectorId } }: TxtProblem,
): Promise<boolean> {
  const request = {
    accountId,
    domains: [{ emailDomain, connectorId }],
    since: workflowInfo().startTime.toISOString(),
  };
  const found = await onOnboardingQueue(`Check for runs of ${emailDomain}`).findDomainsInProgress(request);
  return found.length > 0;
}
