import type { Client } from '@temporalio/client';

import { viewBulk } from '../../client/bulk-view.ts';
import type { BulkView } from '../../client/bulk-view.ts';
import type { RowReport } from '../../contract/schemas/bulk.ts';
import { isEnabled, renderBulkProgress, renderBulkReport, renderRow } from '../screens/bulk.ts';
import type { Output } from '../terminal/output.ts';
import { pollView } from './poll-view.ts';

/**
 * Shows the run until it has ended, then reports: on a terminal a bar, elsewhere a line for each row that has ended.
 * @returns whether every row ended enabled
 * @throws {StarterError} when there is no such run
 */
export async function watchBulk(client: Client, workflowId: string, output: Output): Promise<boolean> {
  const finished: RowReport[] = [];
  const shown = new Set<number>();
  const read = async () => await viewBulk(client, workflowId, finished.length);
  const view = await pollView(workflowId, output, read, (latest) => {
    // The result of a run that has ended has all rows, whether or not a worker answers.
    const rows = (latest.result?.rows ?? latest.status?.finished ?? []).filter(({ row }) => !shown.has(row));
    for (const { row } of rows) shown.add(row);
    finished.push(...rows);
    show(latest, rows, output);
  });
  report(view, finished, output);
  return view.result !== null && view.result.rows.every(isEnabled);
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
