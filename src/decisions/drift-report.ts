/** One look's findings as numbers, and as lists that stay small. */
import { driftKinds } from '../contract/names/vocabulary.ts';
import type { DriftKind } from '../contract/names/vocabulary.ts';
import type { DriftFinding, DriftReport, RecordedDomain, UncheckedDomain } from '../contract/schemas/drift.ts';
import { shorten } from './drift.ts';

/** A finding has at most 1.3 kB, so that a report stays far below the 2 MB that the server takes. */
const longestListOfFindings = 500;
const longestListOfUnseen = 100;
/** A call-back is read by somebody else's server. */
const longestListInEvent = 50;

export interface DriftLook {
  accountId: string;
  lookedAt: string;
  unreadable: string | null;
  records: readonly RecordedDomain[];
  findings: readonly DriftFinding[];
  unseen: readonly UncheckedDomain[];
  /** Domains that were onboarded or off-boarded meanwhile: whatever was found of them is left out. */
  inMotion: ReadonlySet<string>;
}

export function reportDrift({ accountId, lookedAt, unreadable, records, inMotion, ...look }: DriftLook): DriftReport {
  const findings = sortSettled(look.findings, inMotion);
  const unseen = sortSettled(look.unseen, inMotion);
  const drifted = new Set(findings.map(({ emailDomain }) => emailDomain));
  const dark = new Set(unseen.map(({ emailDomain }) => emailDomain));
  const count = (is: (emailDomain: string) => boolean) => records.filter(({ emailDomain }) => is(emailDomain)).length;
  const numbers = {
    drifted: count((domain) => drifted.has(domain)),
    undetermined: count((domain) => dark.has(domain) && !drifted.has(domain)),
    inMotion: count((domain) => inMotion.has(domain)),
  };
  return {
    accountId,
    lookedAt,
    unreadable: unreadable === null ? null : shorten(unreadable),
    domains: records.length,
    healthy: records.length - numbers.drifted - numbers.undetermined - numbers.inMotion,
    ...numbers,
    counts: countKinds(findings),
    repaired: findings.filter(({ repaired }) => repaired).length,
    ...cut(findings, longestListOfFindings),
    unseen: unseen.slice(0, longestListOfUnseen).map((domain) => ({ ...domain, reason: shorten(domain.reason) })),
    unseenCut: Math.max(0, unseen.length - longestListOfUnseen),
  };
}

/** Without what changed under the look, by domain. */
function sortSettled<Entry extends { emailDomain: string }>(
  entries: readonly Entry[],
  inMotion: ReadonlySet<string>,
): Entry[] {
  const settled = entries.filter(({ emailDomain }) => !inMotion.has(emailDomain));
  return settled.toSorted((one, other) => compare(one.emailDomain, other.emailDomain));
}

/** The same everywhere, unlike a locale's order. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function countKinds(findings: readonly DriftFinding[]): Record<DriftKind, number> {
  const counts: Record<DriftKind, number> = {
    disabled: 0,
    deleted: 0,
    replaced: 0,
    unverified: 0,
    'txt-missing': 0,
    'txt-partial': 0,
    'second-connector': 0,
    'unknown-connector': 0,
  };
  for (const { kind } of findings) counts[kind] += 1;
  return counts;
}

function cut(findings: readonly DriftFinding[], longest: number): Pick<DriftReport, 'findings' | 'findingsCut'> {
  return { findings: findings.slice(0, longest), findingsCut: Math.max(0, findings.length - longest) };
}

/** The report as a call-back carries it. */
export function shortenReport(report: DriftReport): DriftReport {
  const { findings, findingsCut } = cut(report.findings, longestListInEvent);
  const unseen = report.unseen.slice(0, longestListInEvent);
  return {
    ...report,
    findings,
    findingsCut: report.findingsCut + findingsCut,
    unseen,
    unseenCut: report.unseenCut + report.unseen.length - unseen.length,
  };
}

/** How many things are not as they should be. */
export function countFindings({ counts }: Pick<DriftReport, 'counts'>): number {
  return driftKinds.reduce((sum, kind) => sum + counts[kind], 0);
}

/** Whether everything could be looked at. */
export function isCertain({ unreadable, undetermined }: DriftReport): boolean {
  return unreadable === null && undetermined === 0;
}

/**
 * Whether somebody is to be told: of what was found, and once of its end.
 * @param before the result of the look before, as the server kept it; not there for a look that no Schedule started
 */
export function isWorthTelling(report: DriftReport, before: unknown): boolean {
  if (countFindings(report) > 0) return true;
  return isCertain(report) && isReport(before) && (countFindings(before) > 0 || !isCertain(before));
}

function isReport(value: unknown): value is DriftReport {
  return typeof value === 'object' && value !== null && 'counts' in value && 'undetermined' in value;
}

/** `2 disabled, 1 txt-missing`; empty when there is nothing. */
export function listCounts({ counts }: Pick<DriftReport, 'counts'>): string {
  return driftKinds.flatMap((kind) => (counts[kind] === 0 ? [] : [`${counts[kind]} ${kind}`])).join(', ');
}

/** What Temporal's UI says of a look, whoever starts it. */
export function summariseDriftLook(accountId: string, repair: boolean) {
  return {
    staticSummary: `Drift of the SSO connectors of ${accountId}`,
    staticDetails:
      `Compares what was enabled in the account \`${accountId}\` with what is there now: connectors, verification, TXT values. ` +
      (repair ? 'Publishes TXT values of ours that have vanished; changes nothing else.' : 'Changes nothing.'),
  };
}
