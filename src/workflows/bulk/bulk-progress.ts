/** The state of a run for many domains, and its views: the `bulkStatus` query, the UI's current details, the result. */
import { setCurrentDetails, setHandler } from '@temporalio/workflow';

import { bulkStatusQuery } from '../../contract/handlers.ts';
import { workflowIdFor } from '../../contract/names/ids.ts';
import type { BulkCounts, BulkInput, BulkResult, RowReport } from '../../contract/schemas/bulk.ts';
import { countRows } from '../../decisions/bulk.ts';
import type { RowEnding } from '../../decisions/bulk.ts';
import { toMarkdownTable } from '../shared/markdown-table.ts';

/** A row whose onboarding has started. */
export interface RowUnderWay {
  row: number;
  /** Of its first run, when that has continued as new. */
  runId: string;
}

/** Without the domains: they are in the input, and all of it has to fit into one payload. */
export interface CarriedProgress {
  startedAt: string;
  finished: (RowEnding & { row: number })[];
  underWay: RowUnderWay[];
}

export interface BulkProgress {
  /** The next row to work on; `null` when there is none. */
  take: () => number | null;
  /** Its onboarding has started. */
  start: (row: RowUnderWay) => void;
  finish: (row: number, ending: RowEnding) => void;
  underWay: () => RowUnderWay[];
  isDone: () => boolean;
  /** Whether every row that was taken has started or ended. */
  isSettled: () => boolean;
  toCarry: () => CarriedProgress;
  result: () => BulkResult;
}

/** @param carried from the run that this one continues; `null` at the start */
export function trackBulk({ accountId, rows }: BulkInput, carried: CarriedProgress | null): BulkProgress {
  const startedAt = carried?.startedAt ?? new Date().toISOString();
  const finished = [...(carried?.finished ?? [])];
  const underWay = new Map(carried?.underWay.map((entry) => [entry.row, entry]));
  const taken = new Set([...finished.map(({ row }) => row), ...underWay.keys()]);
  let next = 0;

  const isSettled = () => taken.size === finished.length + underWay.size;
  const domainOf = (row: number) => rows[row]?.emailDomain ?? '';
  const toReport = ({ row, ...ending }: RowEnding & { row: number }): RowReport => ({
    row,
    emailDomain: domainOf(row),
    ...ending,
  });
  // A row that was taken and has not started yet is on its way.
  const count = () => countRows(rows.length, finished, taken.size - finished.length);
  const show = () => setCurrentDetails(renderCounts(count(), reasonOf(count())));

  setHandler(
    bulkStatusQuery,
    (seen = 0) => ({
      accountId,
      startedAt,
      reason: reasonOf(count()),
      counts: count(),
      underWay: [...underWay.keys()].map((row) => ({
        emailDomain: domainOf(row),
        workflowId: workflowIdFor(accountId, domainOf(row)),
      })),
      finished: finished.slice(seen).map(toReport),
    }),
    { description: 'How many rows have ended, and how; without as many as its argument says' },
  );
  show();
  return {
    take() {
      while (taken.has(next)) next += 1;
      if (next >= rows.length) return null;
      taken.add(next);
      return next;
    },
    start(entry) {
      underWay.set(entry.row, entry);
      show();
    },
    finish(row, ending) {
      taken.add(row);
      underWay.delete(row);
      finished.push({ row, ...ending });
      show();
    },
    underWay: () => [...underWay.values()],
    isDone: () => finished.length === rows.length,
    isSettled,
    toCarry: () => ({ startedAt, finished, underWay: [...underWay.values()] }),
    result: () => ({
      accountId,
      counts: count(),
      rows: finished.toSorted((one, other) => one.row - other.row).map(toReport),
    }),
  };
}

function reasonOf({ total, waiting, underWay }: BulkCounts): string {
  if (waiting + underWay === 0) return 'every row has ended';
  if (waiting === total) return 'looking at which domains are enabled already';
  return `${underWay} under way, ${waiting} not started yet`;
}

/** As a short Markdown table, for Temporal's UI. */
function renderCounts(counts: BulkCounts, reason: string): string {
  const { total, ...each } = counts;
  return toMarkdownTable([`${total} domains`, reason], Object.entries(each));
}
