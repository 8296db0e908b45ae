/** The state of a bulk run, and its views: the `bulkStatus` query, the UI's current details, the result. */
import { setCurrentDetails, setHandler } from '@temporalio/workflow';

import { bulkStatusQuery } from '../../contract/handlers.ts';
import { workflowIdFor } from '../../contract/names/ids.ts';
import type { BulkCounts, BulkInput, BulkResult, RowReport } from '../../contract/schemas/bulk.ts';
import { countRows } from '../../decisions/bulk.ts';
import type { RowEnding } from '../../decisions/bulk.ts';
import { toMarkdownTable } from '../shared/markdown-table.ts';

/** A row whose onboarding has started. */
export interface RunningRow {
  row: number;
  /** The first run of its chain. */
  runId: string;
}

/** Without the domains, which are in the input: both have to fit into one payload. */
export interface CarriedProgress {
  startedAt: string;
  finished: (RowEnding & { row: number })[];
  running: RunningRow[];
}

export interface BulkProgress {
  /** The next row to start; `null`: there is none. */
  take: () => number | null;
  /** The row's onboarding has started. */
  start: (row: RunningRow) => void;
  finish: (row: number, ending: RowEnding) => void;
  running: () => RunningRow[];
  isDone: () => boolean;
  /** Whether every row that was taken has started or ended. */
  isSettled: () => boolean;
  toCarry: () => CarriedProgress;
  result: () => BulkResult;
}

/** @param carried from the run that this one continues; `null`: a new run */
export function trackBulk({ accountId, rows }: BulkInput, carried: CarriedProgress | null): BulkProgress {
  const startedAt = carried?.startedAt ?? new Date().toISOString();
  const finished = [...(carried?.finished ?? [])];
  const running = new Map(carried?.running.map((entry) => [entry.row, entry]));
  const taken = new Set([...finished.map(({ row }) => row), ...running.keys()]);
  let next = 0;

  const domainOfRow = (row: number) => rows[row]?.emailDomain ?? '';
  const toReport = ({ row, ...ending }: RowEnding & { row: number }): RowReport => ({
    row,
    emailDomain: domainOfRow(row),
    ...ending,
  });
  // A row that was taken and is about to start counts as running.
  const count = () => countRows(rows.length, finished, taken.size - finished.length);
  const showDetails = () => setCurrentDetails(renderCounts(count()));

  setHandler(
    bulkStatusQuery,
    (seen = 0) => ({
      accountId,
      startedAt,
      reason: reasonOf(count()),
      counts: count(),
      running: [...running.keys()].map((row) => ({
        emailDomain: domainOfRow(row),
        workflowId: workflowIdFor(accountId, domainOfRow(row)),
      })),
      finished: finished.slice(seen).map(toReport),
    }),
    { description: 'How many rows have ended, and how; the argument says how many of them to leave out' },
  );
  showDetails();
  return {
    take() {
      while (taken.has(next)) next += 1;
      if (next >= rows.length) return null;
      taken.add(next);
      return next;
    },
    start(entry) {
      running.set(entry.row, entry);
      showDetails();
    },
    finish(row, ending) {
      taken.add(row);
      running.delete(row);
      finished.push({ row, ...ending });
      showDetails();
    },
    running: () => [...running.values()],
    isDone: () => finished.length === rows.length,
    isSettled: () => taken.size === finished.length + running.size,
    toCarry: () => ({ startedAt, finished, running: [...running.values()] }),
    result: () => ({
      accountId,
      counts: count(),
      rows: finished.toSorted((one, other) => one.row - other.row).map(toReport),
    }),
  };
}

function reasonOf({ total, waiting, running }: BulkCounts): string {
  if (waiting + running === 0) return 'every row has ended';
  if (waiting === total) return 'reading which domains are enabled already';
  return `${running} running, ${waiting} not started yet`;
}

/** A short Markdown table, for Temporal's UI. */
function renderCounts(counts: BulkCounts): string {
  const { total, ...each } = counts;
  return toMarkdownTable([`${total} domains`, reasonOf(counts)], Object.entries(each));
}
