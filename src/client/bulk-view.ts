/** What an admin sees of a run for many domains, from a worker's answer or, where no worker answers, from the server alone. */
import { QueryNotRegisteredError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import { bulkStatusQuery } from '../contract/handlers.ts';
import type { BulkWorkflow } from '../contract/handlers.ts';
import { parseBulkId } from '../contract/names/ids.ts';
import type { BulkResult, BulkStatus } from '../contract/schemas/bulk.ts';
import { describeRun } from './describe-run.ts';
import { askWorker, readOutcome, readPending, stateOf } from './run-view.ts';
import type { OnboardingView, PendingActivity } from './run-view.ts';

export interface BulkView {
  workflowId: string;
  accountId: string;
  /** Temporal's word for the run: `running`, `completed`, `failed`, `cancelled`, `terminated` … */
  state: string;
  /** `null` when no worker answered the query in time, or the input is still being checked. */
  status: BulkStatus | null;
  /** Activities that are not done yet: only those that have failed at least once. */
  failing: PendingActivity[];
  result: BulkResult | null;
  failure: OnboardingView['failure'];
  startedAt: string;
  closedAt: string | null;
}

/**
 * The newest run of the id; `null` when there is none.
 * @param seen finished rows to leave out of the status
 */
export async function viewBulk(client: Client, workflowId: string, seen = 0): Promise<BulkView | null> {
  const description = await describeRun(client, workflowId);
  if (description === null) return null;
  const handle = client.workflow.getHandle<BulkWorkflow>(workflowId);
  const [status, outcome] = await Promise.all([
    askWorker(client, async () => await handle.query(bulkStatusQuery, seen)).catch(toUnknown),
    description.status.name === 'RUNNING' ? { result: null, failure: null } : readOutcome(handle),
  ]);
  return {
    workflowId,
    accountId: parseBulkId(workflowId)?.accountId ?? '',
    state: stateOf(description),
    status,
    failing: readPending(description).filter(({ lastError }) => lastError !== null),
    ...outcome,
    startedAt: description.startTime.toISOString(),
    closedAt: description.closeTime?.toISOString() ?? null,
  };
}

/** A run that was given no sound input has no status. */
function toUnknown(error: unknown): null {
  if (error instanceof QueryNotRegisteredError) return null;
  throw error;
}
