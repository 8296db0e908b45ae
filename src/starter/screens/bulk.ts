/** A bulk run as text. Pure: time and width are arguments. */
import type { BulkView } from '../../client/bulk-view.ts';
import { rowOutcomes } from '../../contract/names/vocabulary.ts';
import type { BulkCounts, RowReport } from '../../contract/schemas/bulk.ts';
import { adviseOnRow } from '../../messages/bulk-advice.ts';
import { renderDuration } from './duration.ts';

export function isEnabled({ outcome }: RowReport): boolean {
  return outcome === 'enabled' || outcome === 'already-enabled';
}

const maxBarWidth = 60;
const maxShown = 10;

/** A bar, the counts, the running rows and failing activities. */
export function renderBulkProgress(view: BulkView, columns: number, now: Date): string[] {
  const { status, failing, startedAt } = view;
  if (status === null) return ['No worker has answered yet: the rows are being checked, or no worker is running.'];
  const { counts, running, reason } = status;
  const shown = running.slice(0, maxShown).map(({ emailDomain }) => `  ▸ ${emailDomain}`);
  const more = running.length - shown.length;
  return [
    `${renderBar(counts, Math.min(maxBarWidth, columns - 12))}  ${percentOf(counts)} %`,
    `${renderCounts(counts)} · ${reason} · ${renderDuration((now.getTime() - Date.parse(startedAt)) / 1000)}`,
    ...shown,
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...failing.map(({ activity, attempt, lastError }) => `  ! ${activity} failed ${attempt - 1} times: ${lastError}`),
  ].map((line) => line.slice(0, columns));
}

function countEnded({ total, waiting, running }: BulkCounts): number {
  return total - waiting - running;
}

function percentOf(counts: BulkCounts): number {
  return Math.floor((100 * countEnded(counts)) / counts.total);
}

/** Rows that have ended, that are running and that wait. */
function renderBar(counts: BulkCounts, width: number): string {
  const share = (number: number) => Math.floor((number * Math.max(0, width)) / counts.total);
  const ended = share(countEnded(counts));
  const running = share(countEnded(counts) + counts.running) - ended;
  return '█'.repeat(ended) + '▒'.repeat(running) + '·'.repeat(Math.max(0, width - ended - running));
}

/** Such as `450 enabled, 50 failed`. */
function renderCounts(counts: BulkCounts): string {
  const present = rowOutcomes.filter((outcome) => counts[outcome] > 0);
  return present.map((outcome) => `${counts[outcome]} ${outcome}`).join(', ') || 'none has ended';
}

/** One line for a log. */
export function renderRow({ emailDomain, outcome, type, message }: RowReport): string {
  return [`${emailDomain} ${outcome}`, type, message].filter((part) => part !== null).join(': ');
}

/** How the run ended, and each row that is not enabled, with what to do. */
export function renderBulkReport(view: BulkView, rows: readonly RowReport[]): string[] {
  const { state, failure, startedAt, closedAt, status, result } = view;
  const took = closedAt === null ? '' : `, in ${renderDuration((Date.parse(closedAt) - Date.parse(startedAt)) / 1000)}`;
  const counts = result?.counts ?? status?.counts ?? null;
  if (failure !== null && failure.type !== 'CancelledFailure') return [`${state}: ${failure.type}: ${failure.message}`];
  return [
    '',
    `${counts === null ? '' : `${counts.total} domains: `}${state}${took}`,
    ...(counts === null ? [] : renderTable(counts)),
    ...(state === 'completed'
      ? []
      : ['Onboardings that are running continue; run the same file again to onboard the rest.']),
    ...renderRest(rows.filter((row) => !isEnabled(row))),
  ];
}

function renderTable(counts: BulkCounts): string[] {
  const lines = [
    ...rowOutcomes.map((outcome) => [outcome, counts[outcome]] as const),
    ['running', counts.running] as const,
    ['not started', counts.waiting] as const,
  ];
  return lines.flatMap(([name, number]) =>
    number === 0 ? [] : [`  ${name.padEnd(16)} ${String(number).padStart(5)}`],
  );
}

function renderRest(rows: readonly RowReport[]): string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(({ emailDomain }) => emailDomain.length));
  return [
    '',
    'not enabled',
    ...rows.flatMap((row) => {
      const why = [row.type, row.message].filter((part) => part !== null).join(': ');
      return [
        `  ${row.emailDomain.padEnd(width)}  ${row.outcome.padEnd(9)}  ${why}`.trimEnd(),
        `  ${' '.repeat(width)}  → ${adviseOnRow(row)}`,
      ];
    }),
  ];
}
