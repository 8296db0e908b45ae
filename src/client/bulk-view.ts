/** What is known of a bulk run: from a worker's answer to a query, and without a worker from the server alone. */
import { QueryNotRegisteredError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { z } from 'zod';

import { bulkStatusQuery } from '../contract/handlers.ts';
import type { BulkWorkflow } from '../contract/handlers.ts';
import { parseBulkId } from '../contract/names/ids.ts';
import { bulkResultSchema, bulkStatusSchema } from '../contract/schemas/bulk.ts';
import { domainOutputFields, time } from '../contract/schemas/fields.ts';
import { describeRun } from './find-runs.ts';
import {
  answerOrNull,
  pendingActivitySchema,
  readOutcome,
  readPending,
  runFailureSchema,
  runViewSchema,
  stateOf,
} from './run-view.ts';

export const bulkViewSchema = z.object({
  workflowId: z.string().describe('The workflow id of the bulk run'),
  accountId: domainOutputFields.accountId,
  state: runViewSchema.shape.state,
  status: bulkStatusSchema.nullable().describe('null: no worker answered in time, or the input is being checked'),
  failing: z.array(pendingActivitySchema).describe('Activities that have failed and are retried'),
  result: bulkResultSchema.nullable().describe('null: the run has not completed'),
  failure: runFailureSchema.nullable().describe('null: the run has not failed'),
  startedAt: time.describe('When the run started'),
  closedAt: time.nullable().describe('null: the run is running'),
});
export type BulkView = z.output<typeof bulkViewSchema>;

/**
 * The newest run of the id; `null`: there is none.
 * @param seen how many finished rows to leave out of the status
 */
export async function viewBulk(client: Client, workflowId: string, seen = 0): Promise<BulkView | null> {
  const description = await describeRun(client, workflowId);
  if (description === null) return null;
  const handle = client.workflow.getHandle<BulkWorkflow>(workflowId);
  const [status, outcome] = await Promise.all([
    answerOrNull(client, async () => await handle.query(bulkStatusQuery, seen)).catch(nullIfNotRegistered),
    description.status.name === 'RUNNING' ? { result: null, failure: null } : readOutcome(handle),
  ]);
  return {
    workflowId,
    accountId: parseBulkId(workflowId)?.accountId ?? '',
    state: stateOf(description),
    status,
    failing: readPending(description).filter(({ lastError }) => lastError !== null),
    ...outcome,
    // The newest run of a chain knows when the first one started.
    startedAt: status?.startedAt ?? description.startTime.toISOString(),
    closedAt: description.closeTime?.toISOString() ?? null,
  };
}

/** A run whose input is invalid has no status. */
function nullIfNotRegistered(error: unknown): null {
  if (error instanceof QueryNotRegisteredError) return null;
  throw error;
}
