import { activityInfo, cancellationSignal, getClient, heartbeat } from '@temporalio/activity';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

import { firstRunIdOf, listRuns } from '../client/find-runs.ts';
import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { isRefusal } from '../cloudflare/error-class.ts';
import type { OnboardWorkflow } from '../contract/handlers.ts';
import { parseWorkflowId, workflowTypes } from '../contract/names/ids.ts';
import type { AccountDomains } from '../contract/names/ids.ts';
import { endingOfFailure, endingOfResult } from '../decisions/bulk.ts';
import type { RowEnding } from '../decisions/bulk.ts';
import { tokenRemedy } from '../decisions/prerequisites.ts';
import type { RetryTimings } from '../decisions/timings.ts';
import { readListedDomain } from '../domains/email-domain.ts';
import { heartbeatsPerTimeout, perform } from './perform.ts';

export function createEnabledDomainActivities({ connectors }: Cloudflare, retry: RetryTimings) {
  return {
    /**
     * Which of these domains, in normal form, have an enabled connector and no run in progress. A connector whose run is
     * waiting for confirmation, or is being off-boarded, may still be disabled.
     * @throws {ApplicationFailure} `PrerequisitesNotMet` if the token may not read connectors
     */
    findEnabledDomains: async ({ accountId, emailDomains }: AccountDomains): Promise<string[]> => {
      return await perform(retry, async (options) => {
        const wanted = new Set(emailDomains);
        try {
          const listed = await connectors.list(accountId, (name) => wanted.has(readListedDomain(name) ?? ''), options);
          const enabled = listed.flatMap(({ enabled: isEnabled, emailDomain }) =>
            isEnabled ? (readListedDomain(emailDomain) ?? []) : [],
          );
          const running = await domainsWithRuns(getClient(), accountId);
          return [...new Set(enabled)].filter((emailDomain) => !running.has(emailDomain));
        } catch (error) {
          // Every row would fail for the same reason.
          if (!isRefusal(error)) throw error;
          const refusal = `they cannot be read: ${error.message}`;
          const problem = { subject: 'connectors', problem: refusal, remedy: tokenRemedy };
          const message = `Nothing was started: the account's connectors cannot be read: ${error.message} (${tokenRemedy})`;
          throw ApplicationFailure.nonRetryable(message, 'PrerequisitesNotMet', problem);
        }
      });
    },
  };
}

export type FollowActivities = ReturnType<typeof createFollowActivities>;

export function createFollowActivities() {
  return {
    /**
     * Waits for the end of an onboarding, however long that takes.
     * @param run `runId`: the first run of its chain
     */
    followOnboarding: async (run: { workflowId: string; runId: string }): Promise<RowEnding> => {
      const { heartbeatTimeoutMs, startToCloseTimeoutMs } = activityInfo();
      const interval = (heartbeatTimeoutMs ?? startToCloseTimeoutMs) / heartbeatsPerTimeout;
      const timer = setInterval(() => heartbeat(), interval);
      const client = getClient();
      try {
        return await client.withAbortSignal(cancellationSignal(), async () => await follow(client, run));
      } finally {
        clearInterval(timer);
      }
    },
  };
}

async function follow(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
): Promise<RowEnding> {
  try {
    const newest = await client.workflow.getHandle(workflowId).describe();
    // The namespace may have deleted the earlier runs of the chain.
    const current = firstRunIdOf(newest) === runId ? newest.runId : runId;
    return endingOfResult(await client.workflow.getHandle<OnboardWorkflow>(workflowId, current).result());
  } catch (error) {
    if (error instanceof WorkflowFailedError) return endingOfFailure(error.cause);
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const message = 'its run has ended, and the namespace has deleted its result; run the same list again to find out';
    return { outcome: 'failed', type: 'Forgotten', message };
  }
}

async function domainsWithRuns(client: Client, accountId: string): Promise<Set<string>> {
  const types = Object.values(workflowTypes);
  const running = await Array.fromAsync(listRuns(client, { types, accountId, runningOnly: true }));
  return new Set(running.map(({ workflowId }) => parseWorkflowId(workflowId)?.emailDomain ?? ''));
}
