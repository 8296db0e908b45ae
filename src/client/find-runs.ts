import type { Client, WorkflowExecutionInfo } from '@temporalio/client';

import { accountIdAttribute } from '../contract/names/ids.ts';

export interface WantedRuns {
  types: readonly string[];
  /** Checked: it goes into the query as it is. `null`: of every account. */
  accountId: string | null;
  /** Leaves out those that have ended. */
  runningOnly: boolean;
}

/** Newest first, as far back as the namespace keeps them. Eventually consistent: one that began a moment ago may be missing. */
export function listRuns(
  client: Client,
  { types, accountId, runningOnly }: WantedRuns,
): AsyncIterable<WorkflowExecutionInfo> {
  const conditions = [
    `WorkflowType IN (${types.map((type) => `'${type}'`).join(', ')})`,
    ...(runningOnly ? [`ExecutionStatus = 'Running'`] : []),
    ...(accountId === null ? [] : [`${accountIdAttribute.name} = '${accountId}'`]),
  ];
  return client.workflow.list({ query: conditions.join(' AND ') });
}
