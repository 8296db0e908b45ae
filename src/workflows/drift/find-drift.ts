/** One look at an account: is what was enabled still as it should be? Reads top to bottom; it never enables anything. */
import { proxyActivities, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

import type { TxtTrouble } from '../../activities/drift.ts';
import type { ValidationActivities } from '../../activities/validate-input.ts';
import { accountIdAttribute, onboardingTaskQueue } from '../../contract/names/ids.ts';
import type {
  DriftFinding,
  DriftInput,
  DriftReport,
  DriftSettings,
  ListedConnector,
  RecordedDomain,
  UncheckedDomain,
} from '../../contract/schemas/drift.ts';
import { compareConnectors, toTxtFinding } from '../../decisions/drift.ts';
import { isWorthTelling, reportDrift, shortenReport } from '../../decisions/drift-report.ts';
import { inGroups } from '../../decisions/in-groups.ts';
import { announce } from '../shared/call-back.ts';
import { renderLook } from './drift-details.ts';
import { createLook, explainFailure } from './drift-run.ts';
import type { Look } from './drift-run.ts';
import { toRunFailure } from '../shared/failures.ts';
import { publishAgain } from './publish-again.ts';

/** Of one activity, whose result stays small; and how many of them run side by side. */
const domainsPerLook = 40;
const looksAtOnce = 2;
/** A domain that was found in trouble costs two questions to the server. */
const domainsPerCheck = 200;
/** The rest waits for the next look, so that the history of this one stays short. */
const repairsPerLook = 200;
const repairsAtOnce = 5;

export async function findDrift(input: DriftInput): Promise<DriftReport> {
  const lookedAt = new Date().toISOString();
  const look = createLook(await validate(input));
  const { accountId, repair } = look.settings;
  upsertSearchAttributes([{ key: accountIdAttribute, value: accountId }]);

  setCurrentDetails('Comparing connectors with records');
  const records = await listRecords(look);
  const connectors = await listConnectors(look);
  if ('unreadable' in connectors) {
    const { unreadable } = connectors;
    const unseen = records.map(({ emailDomain }) => ({ emailDomain, reason: unreadable }));
    const nothing = { findings: [], inMotion: new Set<string>() };
    return await conclude(look, reportDrift({ accountId, lookedAt, unreadable, records, unseen, ...nothing }));
  }
  const txt = await lookAtTxtValues(look, expectTxt(records, connectors.list));
  const compared = [...compareConnectors(records, connectors.list), ...txt.findings];
  const inMotion = await findUnsettled(look, { lookedAt, records, findings: compared });
  const findings = repair ? await repairTxtValues(look, { ...txt, findings: compared, inMotion }) : compared;
  const { unseen } = txt;
  return await conclude(
    look,
    reportDrift({ accountId, lookedAt, unreadable: null, records, findings, unseen, inMotion }),
  );
}

/** Any client, in any language, may have started this run. */
async function validate(input: DriftInput): Promise<DriftSettings> {
  const { validateDriftInput } = proxyActivities<ValidationActivities>({
    summary: 'Check the input',
    taskQueue: onboardingTaskQueue,
    startToCloseTimeout: 10_000,
  });
  try {
    return await validateDriftInput(input);
  } catch (error) {
    throw toRunFailure(error);
  }
}

/** What should be. Without it there is nothing to compare with, and the run fails. */
async function listRecords({ settings: { accountId, pace }, onDns }: Look): Promise<RecordedDomain[]> {
  try {
    return await onDns('What should be enabled?').listRecordedDomains({ accountId, pace });
  } catch (error) {
    throw toRunFailure(error);
  }
}

/** What is; or why that cannot be said. */
async function listConnectors({
  settings: { accountId, pace },
  onCloudflare,
}: Look): Promise<{ list: ListedConnector[] } | { unreadable: string }> {
  try {
    return { list: await onCloudflare('Which connectors are there?').listAccountConnectors({ accountId, pace }) };
  } catch (error) {
    return { unreadable: `the account's connectors could not be read: ${explainFailure(error)}` };
  }
}

/** The domains whose value should be in DNS: those whose connector is still there. */
function expectTxt(records: readonly RecordedDomain[], connectors: readonly ListedConnector[]): string[] {
  const there = new Set(connectors.map(({ id }) => id));
  return records.flatMap(({ emailDomain, connectorId, hasTxt }) =>
    hasTxt && there.has(connectorId) ? [emailDomain] : [],
  );
}

interface TxtFound {
  findings: DriftFinding[];
  /** The values that no server has, by domain. */
  missing: Map<string, TxtTrouble>;
  unseen: UncheckedDomain[];
}

/** A few activities at a time, each with a few dozen domains, so that thousands of them make a short history. */
async function lookAtTxtValues(look: Look, emailDomains: string[]): Promise<TxtFound> {
  const { accountId, pace } = look.settings;
  const found: TxtFound = { findings: [], missing: new Map(), unseen: [] };
  let looked = 0;
  for (const groups of inGroups(inGroups(emailDomains, domainsPerLook), looksAtOnce)) {
    setCurrentDetails(`Asking the name servers for TXT values: ${looked} of ${emailDomains.length} domains done`);
    await Promise.all(
      groups.map(async (group) => {
        const summary = `Are the TXT values of ${group.length} domains there?`;
        try {
          const request = { accountId, emailDomains: group, pace };
          for (const trouble of await look.onDns(summary).lookAtTxtValues(request)) note(found, trouble);
        } catch (error) {
          const reason = `its TXT value could not be looked at: ${explainFailure(error)}`;
          found.unseen.push(...group.map((emailDomain) => ({ emailDomain, reason })));
        }
        looked += group.length;
      }),
    );
  }
  return found;
}

function note({ findings, missing, unseen }: TxtFound, trouble: TxtTrouble): void {
  const { emailDomain, sight, txt } = trouble;
  if (sight.kind === 'unseen') {
    unseen.push({ emailDomain, reason: sight.detail });
    return;
  }
  const { value } = txt.record;
  findings.push(toTxtFinding({ emailDomain, value }, { kind: sight.kind, detail: sight.detail }));
  if (sight.kind === 'missing') missing.set(emailDomain, trouble);
}

/** A domain that is being onboarded or off-boarded changes under the look, and is left to the next one. */
async function findUnsettled(
  { settings: { accountId, pace }, onDns }: Look,
  { lookedAt, records, findings }: { lookedAt: string; records: RecordedDomain[]; findings: DriftFinding[] },
): Promise<Set<string>> {
  const recorded = new Map(records.map(({ emailDomain, connectorId }) => [emailDomain, connectorId]));
  const inTrouble = [...new Set(findings.map(({ emailDomain }) => emailDomain))];
  const unsettled = new Set<string>();
  for (const group of inGroups(inTrouble, domainsPerCheck)) {
    const domains = group.map((emailDomain) => ({ emailDomain, connectorId: recorded.get(emailDomain) ?? null }));
    const request = { accountId, domains, since: lookedAt, pace };
    try {
      const found = await onDns('Is somebody at work on them just now?').findUnsettled(request);
      for (const emailDomain of found) unsettled.add(emailDomain);
    } catch (error) {
      throw toRunFailure(error);
    }
  }
  return unsettled;
}

/** With `repair`: puts back values of ours, and nothing else. */
async function repairTxtValues(
  look: Look,
  { findings, missing, inMotion }: Omit<TxtFound, 'unseen'> & { inMotion: Set<string> },
): Promise<DriftFinding[]> {
  const due = findings.filter(({ emailDomain, kind }) => kind === 'txt-missing' && !inMotion.has(emailDomain));
  const repaired = new Map<DriftFinding, DriftFinding>();
  for (const group of inGroups(due.slice(0, repairsPerLook), repairsAtOnce)) {
    setCurrentDetails(`Publishing missing TXT values again: ${repaired.size} of ${due.length} tried`);
    await Promise.all(
      group.map(async (finding) => {
        const trouble = missing.get(finding.emailDomain);
        if (trouble !== undefined) repaired.set(finding, await publishAgain(look, finding, trouble));
      }),
    );
  }
  return findings.map((finding) => repaired.get(finding) ?? finding);
}

async function conclude({ settings }: Look, report: DriftReport): Promise<DriftReport> {
  setCurrentDetails(renderLook(report));
  // The Schedule hands on what the look before it came to.
  if (isWorthTelling(report, workflowInfo().lastResult)) {
    const event = { type: 'account.drift', timestamp: new Date().toISOString(), data: shortenReport(report) } as const;
    await announce(settings, event, 'drift');
  }
  return report;
}
