/** A drift check and its Schedule as text. Pure: time is an argument. */
import type { DriftSchedule } from '../../client/drift-schedule.ts';
import type { DriftFinding, DriftReport } from '../../contract/schemas/drift.ts';
import { countFindings, isComplete, listCounts } from '../../decisions/drift-report.ts';
import { ago, renderDuration } from './duration.ts';
import { row } from './rows.ts';

const labelWidth = 10;

/** The numbers, each finding with what to do below it, and what could not be checked. */
export function renderDrift(report: DriftReport, now: Date): string[] {
  const { accountId, checkedAt, findings, findingsCut, unchecked, uncheckedCut } = report;
  const widths = {
    kind: widest(findings.map(({ kind }) => kind)),
    domain: widest(findings.map((one) => one.emailDomain)),
  };
  return [
    ...row('account', accountId, labelWidth),
    ...row('checked', `${checkedAt}, ${ago(checkedAt, now)}`, labelWidth),
    ...row('domains', describeNumbers(report), labelWidth),
    ...renderUnreadable(report),
    ...(findings.length === 0 ? [] : ['', ...findings.flatMap((finding) => renderFinding(finding, widths))]),
    ...renderCut(findingsCut, 'findings'),
    ...(unchecked.length === 0 ? [] : ['', 'could not be checked', ...renderUnchecked(report)]),
    ...renderCut(uncheckedCut, 'domains that could not be checked'),
    '',
    summarise(report),
  ];
}

function describeNumbers({ domains, healthy, drifted, undetermined, inProgress }: DriftReport): string {
  const parts = [
    `${healthy} healthy`,
    `${drifted} drifted`,
    ...(undetermined === 0 ? [] : [`${undetermined} could not be checked`]),
    ...(inProgress === 0 ? [] : [`${inProgress} being onboarded or off-boarded`]),
  ];
  return `${domains} should be enabled: ${parts.join(', ')}`;
}

function renderUnreadable({ unreadable, domains }: DriftReport): string[] {
  // With domains, it is the reason given for each of them.
  return unreadable === null || domains > 0 ? [] : ['', unreadable];
}

function renderFinding(
  { kind, emailDomain, detail, remedy, repaired }: DriftFinding,
  widths: { kind: number; domain: number },
): string[] {
  const mark = repaired ? '✓' : '→';
  return [
    `${kind.padEnd(widths.kind)}  ${emailDomain.padEnd(widths.domain)}  ${detail}`,
    `${' '.repeat(widths.kind + 2)}${mark} ${remedy}`,
  ];
}

/** A line for each reason, with all domains that share it. */
function renderUnchecked({ unchecked }: DriftReport): string[] {
  return [...Map.groupBy(unchecked, ({ reason }) => reason)].map(
    ([reason, domains]) => `  ${domains.map(({ emailDomain }) => emailDomain).join(', ')}: ${reason}`,
  );
}

function renderCut(count: number, what: string): string[] {
  return count === 0 ? [] : [`… and ${count} more ${what}`];
}

function summarise(report: DriftReport): string {
  const found = countFindings(report);
  if (found === 0)
    return isComplete(report) ? 'Nothing has drifted.' : 'No drift was found, but not everything could be checked.';
  const repaired = report.repaired === 0 ? '' : `; ${report.repaired} repaired`;
  return `Drift: ${listCounts(report)}${repaired}.`;
}

export function renderSchedule({ scheduleId, nextAt, recent, ...schedule }: DriftSchedule, now: Date): string[] {
  const every = schedule.everySeconds === null ? 'by other rules' : `every ${renderDuration(schedule.everySeconds)}`;
  const last = recent.at(-1)?.takenAt.toISOString();
  const rows: [label: string, text: string | null][] = [
    ['schedule', `${scheduleId}${schedule.paused ? ' (paused)' : ''}`],
    ['checks', schedule.repair ? `${every}, with repair` : every],
    ['events', schedule.callbackUrl && `to ${schedule.callbackUrl}`],
    ['last', last === undefined ? 'none yet' : `${last}, ${ago(last, now)}`],
    ['next', nextAt ?? 'none while it is paused'],
    ['note', schedule.note],
  ];
  return rows.flatMap(([label, text]) => row(label, text, labelWidth));
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}
