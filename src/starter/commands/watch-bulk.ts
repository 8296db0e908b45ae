import { setTimeout as delay } from 'node:timers/promises';

import type { Client } from '@temporalio/client';
import logUpdate from 'log-update';

import { viewBulk } from '../../client/bulk-view.ts';
import type { BulkView } from '../../client/bulk-view.ts';
import { isUnreachable } from '../../client/server-errors.ts';
import type { RowReport } from '../../contract/schemas/bulk.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { isEnabled, renderBulkProgress, renderBulkReport, renderRow } from '../screens/bulk.ts';
import { StarterError } from './starter-error.ts';

const lookEveryMilliseconds = 1000;
/** A server that restarts is back by then. */
const patienceMilliseconds = 60_000;

/**
 * Shows it until its run has ended, then reports: a bar on a terminal, else a line for each row that has ended. Answers
 * whether every row ended enabled.
 * @throws {StarterError} when there is none, or when the server stays away
 */
export async function watchBulk(client: Client, workflowId: string, output: Output): Promise<boolean> {
  const seen: RowReport[] = [];
  const told = new Set<number>();
  let lastSeen = Date.now();
  for (;;) {
    try {
      const view = await viewBulk(client, workflowId, seen.length);
      if (view === null) throw new StarterError(exitCodes.notFound, `There is no run ${workflowId}.`);
      lastSeen = Date.now();
      // Once it is over, its result has all of them, whether or not a worker answers.
      const news = (view.result?.rows ?? view.status?.finished ?? []).filter(({ row }) => !told.has(row));
      for (const { row } of news) told.add(row);
      seen.push(...news);
      show(view, news, output);
      if (view.state !== 'running') {
        report(view, seen, output);
        return view.result !== null && view.result.rows.every(isEnabled);
      }
    } catch (error) {
      if (!isUnreachable(error) || Date.now() - lastSeen > patienceMilliseconds) throw error;
      output.warn('The Temporal server does not answer; trying again.');
    }
    await delay(lookEveryMilliseconds);
  }
}

function show(view: BulkView, news: RowReport[], output: Output): void {
  if (output.isLive) {
    logUpdate(renderBulkProgress(view, process.stdout.columns, new Date()).join('\n'));
    return;
  }
  for (const row of news) output.print(row, [`${new Date().toISOString()} ${renderRow(row)}`]);
}

function report(view: BulkView, seen: RowReport[], output: Output): void {
  if (output.isLive) logUpdate.clear();
  const rows = view.result?.rows ?? seen;
  const { workflowId, state, result, failure, status } = view;
  const counts = result?.counts ?? status?.counts ?? null;
  output.print({ workflowId, state, counts, failure }, renderBulkReport(view, rows));
}
