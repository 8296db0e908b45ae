/** A look for drift and its Schedule, as text. Pure: time is an argument. */
import type { DriftSchedule } from '../../client/drift-schedule.ts';
import type { DriftFinding, DriftReport } from '../../contract/schemas/drift.ts';
import { countFindings, isCertain, listCounts } from '../../decisions/drift-report.ts';
import { renderDuration } from './run.ts';

/** The numbers, a line for each finding with what to do below it, and what could not be looked at. */
export function renderDrift(report: DriftReport, now: Date): string[] {
  const { accountId, lookedAt, findings, findingsCut, unseen, unseenCut } = report;
  const widths = {
    kind: widest(findings.map(({ kind }) => kind)),
    domain: widest(findings.map((one) => one.emailDomain)),
  };
  return [
    row('account', accountId),
    row('looked', `${lookedAt}, ${renderAge(lookedAt, now)} ago`),
    row('domains', renderNumbers(report)),
    ...renderUnreadable(report),
    ...(findings.length === 0 ? [] : ['', ...findings.flatMap((finding) => renderFinding(finding, widths))]),
    ...renderCut(findingsCut, 'findings'),
    ...(unseen.length === 0 ? [] : ['', 'could not be looked at', ...renderUnseen(report)]),
    ...renderCut(unseenCut, 'domains that could not be looked at'),
    '',
    summarise(report),
  ];
}

function renderNumbers({ domains, healthy, drifted, undetermined, inMotion }: DriftReport): string {
  const parts = [
    `${healthy} healthy`,
    `${drifted} drifted`,
    ...(undetermined === 0 ? [] : [`${undetermined} could not be looked at`]),
    ...(inMotion === 0 ? [] : [`${inMotion} being onboarded or off-boarded`]),
  ];
  return `${domains} should be enabled: ${parts.join(', ')}`;
}

function renderUnreadable({ unreadable, domains }: DriftReport): string[] {
  // Else it is the reason of every domain.
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

/** A reason that many domains share is said once. */
function renderUnseen({ unseen }: DriftReport): string[] {
  return [...Map.groupBy(unseen, ({ reason }) => reason)].map(
    ([reason, domains]) => `  ${domains.map(({ emailDomain }) => emailDomain).join(', ')}: ${reason}`,
  );
}

function renderCut(count: number, what: string): string[] {
  return count === 0 ? [] : [`… and ${count} more ${what}`];
}

function summarise(report: DriftReport): string {
  const found = countFindings(report);
  if (found === 0)
    return isCertain(report) ? 'Nothing has drifted.' : 'No drift was seen, but not everything could be looked at.';
  const repaired = report.repaired === 0 ? '' : `; ${report.repaired} repaired`;
  return `Drift: ${listCounts(report)}${repaired}.`;
}

export function renderSchedule({ scheduleId, nextAt, recent, ...schedule }: DriftSchedule, now: Date): string[] {
  const every = schedule.everySeconds === null ? 'by other rules' : `every ${renderDuration(schedule.everySeconds)}`;
  const last = recent.at(-1)?.takenAt.toISOString();
  return [
    row('schedule', `${scheduleId}${schedule.paused ? ' (paused)' : ''}`),
    row('looks', schedule.repair ? `${every}, and repairs` : every),
    ...(schedule.callbackUrl === null ? [] : [row('tells', schedule.callbackUrl)]),
    row('last', last === undefined ? 'none yet' : `${last}, ${renderAge(last, now)} ago`),
    row('next', nextAt ?? 'none while it is paused'),
    ...(schedule.note === null ? [] : [row('note', schedule.note)]),
  ];
}

function renderAge(time: string, now: Date): string {
  return renderDuration(Math.max(0, (now.getTime() - Date.parse(time)) / 1000));
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

function row(label: string, text: string): string {
  return `${label.padEnd(8)}  ${text}`;
}
