import { setTimeout as delay } from 'node:timers/promises';

import type { Client } from '@temporalio/client';

import { viewBulk } from '../../client/bulk-view.ts';
import type { BulkView } from '../../client/bulk-view.ts';
import { isUnreachable } from '../../client/server-errors.ts';
import type { RowReport } from '../../contract/schemas/bulk.ts';
import { isEnabled, renderBulkProgress, renderBulkReport, renderRow } from '../screens/bulk.ts';
import type { Output } from '../terminal/output.ts';
import { refusalError } from './outcomes.ts';

const pollMilliseconds = 1000;
/** A server that restarts is back by then. */
const outageMilliseconds = 60_000;

/**
 * Shows the run until it has ended, then reports: on a terminal a bar, elsewhere a line for each row that has ended.
 * @returns whether every row ended enabled
 * @throws {StarterError} when there is no such run
 * @throws when the server cannot be reached for too long
 */
export async function watchBulk(client: Client, workflowId: string, output: Output): Promise<boolean> {
  const finished: RowReport[] = [];
  const shown = new Set<number>();
  let answeredAt = Date.now();
  for (;;) {
    try {
      const view = await viewBulk(client, workflowId, finished.length);
      if (view === null) throw refusalError({ kind: 'not-found' }, workflowId);
      answeredAt = Date.now();
      // The result of a run that has ended has all rows, whether or not a worker answers.
      const rows = (view.result?.rows ?? view.status?.finished ?? []).filter(({ row }) => !shown.has(row));
      for (const { row } of rows) shown.add(row);
      finished.push(...rows);
      show(view, rows, output);
      if (view.state !== 'running') {
        report(view, finished, output);
        return view.result !== null && view.result.rows.every(isEnabled);
      }
    } catch (error) {
      if (!isUnreachable(error) || Date.now() - answeredAt > outageMilliseconds) throw error;
      output.warn('The Temporal server does not answer; trying again.');
    }
    await delay(pollMilliseconds);
  }
}

function show(view: BulkView, rows: readonly RowReport[], output: Output): void {
  if (output.live === null) {
    for (const row of rows) output.print(row, [`${new Date().toISOString()} ${renderRow(row)}`]);
  } else {
    output.live(renderBulkProgress(view, output.columns, new Date()).join('\n'));
  }
}

function report(view: BulkView, finished: readonly RowReport[], output: Output): void {
  output.live?.clear();
  const rows = view.result?.rows ?? finished;
  const { workflowId, state, result, failure, status } = view;
  const counts = result?.counts ?? status?.counts ?? null;
  output.print({ workflowId, state, counts, failure }, renderBulkReport(view, rows));
}
