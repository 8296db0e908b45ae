import type { Client } from '@temporalio/client';

import { accountIdAttribute, parseWorkflowId, stories } from '../contract.ts';
import type { Phase, Story } from '../contract.ts';
import { workflowTypeOf } from '../contract/offboarding.ts';
import { storyOf } from '../client/stories.ts';
import { readPhase } from '../client/onboarding-view.ts';

export interface ListedOnboarding {
  story: Story | null;
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
    query: `WorkflowType IN (${stories.map((story) => `'${workflowTypeOf[story]}'`).join(', ')})${ofAccount}`,
  })) {
    const id = parseWorkflowId(execution.workflowId);
    yield {
      story: storyOf(execution.type),
      accountId: id?.accountId ?? '',
      emailDomain: id?.emailDomain ?? execution.workflowId,
      state: execution.status.name.toLowerCase().replaceAll('_', ' '),
      phase: readPhase(execution),
      startedAt: execution.startTime.toISOString(),
      closedAt: execution.closeTime?.toISOString() ?? null,
    };
  }
}
