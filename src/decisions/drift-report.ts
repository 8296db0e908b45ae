/** The findings of a drift check as counts, and as lists of limited length. */
import { driftKinds } from '../contract/names/vocabulary.ts';
import type { DriftFinding, DriftReport, RecordedDomain, UncheckedDomain } from '../contract/schemas/drift.ts';
import { countEach } from './count-each.ts';
import { shorten } from './drift.ts';

/** A finding has at most 1.3 kB, so that a report stays far below the server's limit of 2 MB. */
const maxFindings = 500;
const maxUnchecked = 100;
/** A call-back is read by somebody else's server, which may limit its size. */
const maxInEvent = 50;

export interface DriftCheck {
  accountId: string;
  checkedAt: string;
  unreadable: string | null;
  records: readonly RecordedDomain[];
  findings: readonly DriftFinding[];
  unchecked: readonly UncheckedDomain[];
  /** Domains that were onboarded or off-boarded during the check; their findings are left out. */
  inProgress: ReadonlySet<string>;
}

export function reportDrift(check: DriftCheck): DriftReport {
  const { accountId, checkedAt, unreadable, records, inProgress } = check;
  const findings = sortSettled(check.findings, inProgress);
  const unchecked = sortSettled(check.unchecked, inProgress);
  const drifted = new Set(findings.map(({ emailDomain }) => emailDomain));
  const undetermined = new Set(unchecked.map(({ emailDomain }) => emailDomain));
  const count = (is: (emailDomain: string) => boolean) => records.filter(({ emailDomain }) => is(emailDomain)).length;
  const numbers = {
    drifted: count((domain) => drifted.has(domain)),
    undetermined: count((domain) => undetermined.has(domain) && !drifted.has(domain)),
    inProgress: count((domain) => inProgress.has(domain)),
  };
  return {
    accountId,
    checkedAt,
    unreadable: unreadable === null ? null : shorten(unreadable),
    domains: records.length,
    healthy: records.length - numbers.drifted - numbers.undetermined - numbers.inProgress,
    ...numbers,
    counts: countEach(
      driftKinds,
      findings.map(({ kind }) => kind),
    ),
    repaired: findings.filter(({ repaired }) => repaired).length,
    ...cut(findings, maxFindings),
    unchecked: unchecked.slice(0, maxUnchecked).map((domain) => ({ ...domain, reason: shorten(domain.reason) })),
    uncheckedCut: Math.max(0, unchecked.length - maxUnchecked),
  };
}

/** Sorted by domain, without the domains in progress. */
function sortSettled<Entry extends { emailDomain: string }>(
  entries: readonly Entry[],
  inProgress: ReadonlySet<string>,
): Entry[] {
  const settled = entries.filter(({ emailDomain }) => !inProgress.has(emailDomain));
  return settled.toSorted((one, other) => compare(one.emailDomain, other.emailDomain));
}

/** By code unit, which is the same on every machine; a locale's order is not. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function cut(findings: readonly DriftFinding[], longest: number): Pick<DriftReport, 'findings' | 'findingsCut'> {
  return { findings: findings.slice(0, longest), findingsCut: Math.max(0, findings.length - longest) };
}

/** The report as a call-back carries it. */
export function truncateReport(report: DriftReport): DriftReport {
  const { findings, findingsCut } = cut(report.findings, maxInEvent);
  const unchecked = report.unchecked.slice(0, maxInEvent);
  return {
    ...report,
    findings,
    findingsCut: report.findingsCut + findingsCut,
    unchecked,
    uncheckedCut: report.uncheckedCut + report.unchecked.length - unchecked.length,
  };
}

/** The number of findings. */
export function countFindings({ counts }: Pick<DriftReport, 'counts'>): number {
  return driftKinds.reduce((sum, kind) => sum + counts[kind], 0);
}

/** Whether everything could be checked. */
export function isComplete({ unreadable, undetermined }: DriftReport): boolean {
  return unreadable === null && undetermined === 0;
}

/**
 * Whether to send an event: when something was found, and once when nothing is found any more.
 * @param before the result of the previous scheduled check; `undefined` for a check that no Schedule started
 */
export function needsEvent(report: DriftReport, before: unknown): boolean {
  if (countFindings(report) > 0) return true;
  return isComplete(report) && isReport(before) && (countFindings(before) > 0 || !isComplete(before));
}

function isReport(value: unknown): value is DriftReport {
  return typeof value === 'object' && value !== null && 'counts' in value && 'undetermined' in value;
}

/** Such as `2 disabled, 1 txt-missing`; empty when nothing was found. */
export function listCounts({ counts }: Pick<DriftReport, 'counts'>): string {
  return driftKinds.flatMap((kind) => (counts[kind] === 0 ? [] : [`${counts[kind]} ${kind}`])).join(', ');
}
