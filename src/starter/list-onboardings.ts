import type { Client } from '@temporalio/client';

import { accountIdAttribute, ONBOARD_WORKFLOW_TYPE, parseWorkflowId } from '../contract.ts';
import type { Phase } from '../contract.ts';
import { readPhase } from '../client/onboarding-view.ts';

export interface ListedOnboarding {
  accountId: string;
  emailDomain: string;
  state: string;
  phase: Phase | null;
  startedAt: string;
  closedAt: string | null;
}

/** Newest first, as far back as the namespace keeps them; of one account where it is given. */
export async function* listOnboardings(client: Client, accountId: string | null): AsyncGenerator<ListedOnboarding> {
  const ofAccount = accountId === null ? '' : ` AND ${accountIdAttribute.name} = '${accountId}'`;
  for await (const execution of client.workflow.list({
    query: `WorkflowType = '${ONBOARD_WORKFLOW_TYPE}'${ofAccount}`,
  })) {
    const id = parseWorkflowId(execution.workflowId);
    yield {
      accountId: id?.accountId ?? '',
      emailDomain: id?.emailDomain ?? execution.workflowId,
      state: execution.status.name.toLowerCase().replaceAll('_', ' '),
      phase: readPhase(execution),
      startedAt: execution.startTime.toISOString(),
      closedAt: execution.closeTime?.toISOString() ?? null,
    };
  }
}
