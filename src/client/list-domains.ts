import type { Client } from '@temporalio/client';

import { parseWorkflowId, workflowTypes } from '../contract/names/ids.ts';
import type { WorkflowKind } from '../contract/names/ids.ts';
import type { Phase } from '../contract/names/phases.ts';
import { listRuns } from './find-runs.ts';
import { readPhase, stateOf } from './run-view.ts';
import { storyOf } from './domain-workflows.ts';

export interface ListedOnboarding {
  story: WorkflowKind | null;
  accountId: string;
  emailDomain: string;
  state: string;
  phase: Phase | null;
  startedAt: string;
  closedAt: string | null;
}

/** Of one account where it is given; in the order of `listRuns`. */
export async function* listOnboardings(client: Client, accountId: string | null): AsyncGenerator<ListedOnboarding> {
  const types = Object.values(workflowTypes);
  for await (const execution of listRuns(client, { types, accountId, runningOnly: false })) {
    const id = parseWorkflowId(execution.workflowId);
    yield {
      story: storyOf(execution.type),
      accountId: id?.accountId ?? '',
      emailDomain: id?.emailDomain ?? execution.workflowId,
      state: stateOf(execution),
      phase: readPhase(execution),
      startedAt: execution.startTime.toISOString(),
      closedAt: execution.closeTime?.toISOString() ?? null,
    };
  }
}
