/** Checks once whether what was enabled in an account is still as it should be. Never enables anything. */
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

import type { TxtProblem } from '../../activities/drift.ts';
import { accountIdAttribute } from '../../contract/names/ids.ts';
import type {
  DriftFinding,
  DriftInput,
  DriftReport,
  ListedConnector,
  RecordedDomain,
  UncheckedDomain,
} from '../../contract/schemas/drift.ts';
import { needsEvent, reportDrift, truncateReport } from '../../decisions/drift-report.ts';
import { compareConnectors, inGroups, toTxtFinding } from '../../decisions/drift.ts';
import { validate } from '../shared/activities-by-queue.ts';
import { toRunFailure } from '../shared/failures.ts';
import { startCallBack } from '../shared/notify.ts';
import { createDriftCheck, explainFailure } from './drift-check.ts';
import type { DriftCheck } from './drift-check.ts';
import { renderReport } from './report-details.ts';
import { republish } from './republish.ts';

/** Domains of one activity, whose result stays small; and how many such activities run at the same time. */
const domainsPerActivity = 40;
const activitiesAtOnce = 2;
/** A domain with a finding costs two requests to the server. */
const domainsPerRunCheck = 200;
/** The next check repairs the rest, so that the history of this one stays short. */
const repairsPerCheck = 200;
const repairsAtOnce = 5;

/** The type of `input` is only what a client should send; `validateDriftCheck` checks it. */
export async function findDrift(input: DriftInput): Promise<DriftReport> {
  const checkedAt = new Date().toISOString();
  const { settings, timings } = await validate(async (activities) => await activities.validateDriftCheck(input));
  const check = createDriftCheck(settings, timings);
  const { accountId, repair } = settings;
  upsertSearchAttributes([{ key: accountIdAttribute, value: accountId }]);

  setCurrentDetails('Comparing connectors with connector records');
  const records = await listRecords(check);
  const connectors = await listConnectors(check);
  if ('unreadable' in connectors) {
    const { unreadable } = connectors;
    const unchecked = records.map(({ emailDomain }) => ({ emailDomain, reason: unreadable }));
    const nothing = { findings: [], inProgress: new Set<string>() };
    return await finish(check, reportDrift({ accountId, checkedAt, unreadable, records, unchecked, ...nothing }));
  }
  const txt = await checkTxtValues(check, domainsWithTxt(records, connectors.list));
  const compared = [...compareConnectors(records, connectors.list), ...txt.findings];
  const inProgress = await findDomainsInProgress(check, { checkedAt, records, findings: compared });
  const findings = repair ? await repairTxtValues(check, { ...txt, findings: compared, inProgress }) : compared;
  const { unchecked } = txt;
  return await finish(
    check,
    reportDrift({ accountId, checkedAt, unreadable: null, records, findings, unchecked, inProgress }),
  );
}

/** Without the records there is nothing to compare with, and the run fails. */
async function listRecords({ settings: { accountId }, onOnboardingQueue }: DriftCheck): Promise<RecordedDomain[]> {
  try {
    return await onOnboardingQueue('Read the connector records of the account').listRecordedDomains({ accountId });
  } catch (error) {
    throw toRunFailure(error);
  }
}

async function listConnectors({
  settings: { accountId },
  onCloudflareQueue,
}: DriftCheck): Promise<{ list: ListedConnector[] } | { unreadable: string }> {
  try {
    return { list: await onCloudflareQueue('Read the connectors of the account').listAccountConnectors({ accountId }) };
  } catch (error) {
    return { unreadable: `the account's connectors could not be read: ${explainFailure(error)}` };
  }
}

/** The domains whose connector exists, and whose TXT value is recorded. */
function domainsWithTxt(records: readonly RecordedDomain[], connectors: readonly ListedConnector[]): string[] {
  const existing = new Set(connectors.map(({ id }) => id));
  return records.flatMap(({ emailDomain, connectorId, hasTxt }) =>
    hasTxt && existing.has(connectorId) ? [emailDomain] : [],
  );
}

interface TxtFindings {
  findings: DriftFinding[];
  /** The values that no server has, by domain. */
  missing: Map<string, TxtProblem>;
  unchecked: UncheckedDomain[];
}

/** A few activities at a time with a few dozen domains each, so that thousands of domains make a short history. */
async function checkTxtValues(check: DriftCheck, emailDomains: string[]): Promise<TxtFindings> {
  const { accountId } = check.settings;
  const found: TxtFindings = { findings: [], missing: new Map(), unchecked: [] };
  let checked = 0;
  for (const groups of inGroups(inGroups(emailDomains, domainsPerActivity), activitiesAtOnce)) {
    setCurrentDetails(`Asking the name servers for TXT values: ${checked} of ${emailDomains.length} domains done`);
    await Promise.all(
      groups.map(async (group) => {
        const activities = check.onOnboardingQueue(`Check the TXT values of ${group.length} domains`);
        try {
          const problems = await activities.checkTxtValues({ accountId, emailDomains: group });
          for (const problem of problems) addProblem(found, problem);
        } catch (error) {
          const reason = `its TXT value could not be checked: ${explainFailure(error)}`;
          found.unchecked.push(...group.map((emailDomain) => ({ emailDomain, reason })));
        }
        checked += group.length;
      }),
    );
  }
  return found;
}

function addProblem({ findings, missing, unchecked }: TxtFindings, problem: TxtProblem): void {
  const { emailDomain, state, txt } = problem;
  if (state.kind === 'unknown') {
    unchecked.push({ emailDomain, reason: state.detail });
    return;
  }
  const { value } = txt.record;
  findings.push(toTxtFinding({ emailDomain, value }, { kind: state.kind, detail: state.detail }));
  if (state.kind === 'missing') missing.set(emailDomain, problem);
}

/** A domain that is being onboarded or off-boarded changes during the check, and is left to the next one. */
async function findDomainsInProgress(
  { settings: { accountId }, onOnboardingQueue }: DriftCheck,
  { checkedAt, records, findings }: { checkedAt: string; records: RecordedDomain[]; findings: DriftFinding[] },
): Promise<Set<string>> {
  const recorded = new Map(records.map(({ emailDomain, connectorId }) => [emailDomain, connectorId]));
  const found = [...new Set(findings.map(({ emailDomain }) => emailDomain))];
  const inProgress = new Set<string>();
  for (const group of inGroups(found, domainsPerRunCheck)) {
    const domains = group.map((emailDomain) => ({ emailDomain, connectorId: recorded.get(emailDomain) ?? null }));
    const request = { accountId, domains, since: checkedAt };
    try {
      const names = await onOnboardingQueue('Check for runs of these domains').findDomainsInProgress(request);
      for (const emailDomain of names) inProgress.add(emailDomain);
    } catch (error) {
      throw toRunFailure(error);
    }
  }
  return inProgress;
}

/** Publishes values of ours again, and changes nothing else. */
async function repairTxtValues(
  check: DriftCheck,
  { findings, missing, inProgress }: Omit<TxtFindings, 'unchecked'> & { inProgress: Set<string> },
): Promise<DriftFinding[]> {
  const due = findings.filter(({ emailDomain, kind }) => kind === 'txt-missing' && !inProgress.has(emailDomain));
  const repaired = new Map<DriftFinding, DriftFinding>();
  for (const group of inGroups(due.slice(0, repairsPerCheck), repairsAtOnce)) {
    setCurrentDetails(`Publishing missing TXT values again: ${repaired.size} of ${due.length} done`);
    await Promise.all(
      group.map(async (finding) => {
        const problem = missing.get(finding.emailDomain);
        if (problem !== undefined) repaired.set(finding, await republish(check, finding, problem));
      }),
    );
  }
  return findings.map((finding) => repaired.get(finding) ?? finding);
}

async function finish({ settings }: DriftCheck, report: DriftReport): Promise<DriftReport> {
  setCurrentDetails(renderReport(report));
  // A Schedule passes the result of its previous run.
  if (needsEvent(report, workflowInfo().lastResult)) {
    const event = { type: 'account.drift', timestamp: new Date().toISOString(), data: truncateReport(report) } as const;
    await startCallBack(settings.callbackUrl, event, 'drift');
  }
  return report;
}
