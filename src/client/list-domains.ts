import type { Client } from '@temporalio/client';
import type { z } from 'zod';

import { parseWorkflowId, workflowKindOf, workflowTypes } from '../contract/names/ids.ts';
import { listRuns } from './find-runs.ts';
import { readPhase, runViewSchema, stateOf } from './run-view.ts';

export const listedRunSchema = runViewSchema.pick({
  kind: true,
  accountId: true,
  emailDomain: true,
  state: true,
  phase: true,
  startedAt: true,
  closedAt: true,
});
export type ListedRun = z.output<typeof listedRunSchema>;

/** The runs of domains, in the order of `listRuns`. @param accountId `null`: every account */
export async function* listDomainRuns(client: Client, accountId: string | null): AsyncGenerator<ListedRun> {
  const types = Object.values(workflowTypes);
  for await (const execution of listRuns(client, { types, accountId, runningOnly: false })) {
    const id = parseWorkflowId(execution.workflowId);
    yield {
      kind: workflowKindOf(execution.type),
      accountId: id?.accountId ?? '',
      emailDomain: id?.emailDomain ?? execution.workflowId,
      state: stateOf(execution),
      phase: readPhase(execution),
      startedAt: execution.startTime.toISOString(),
      closedAt: execution.closeTime?.toISOString() ?? null,
    };
  }
}
