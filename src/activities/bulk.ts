import { activityInfo, cancellationSignal, getClient, heartbeat } from '@temporalio/activity';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

import type { OnboardWorkflow } from '../contract/handlers.ts';
import { bulkIdFor, parseBulkId, parseWorkflowId, workflowTypes } from '../contract/names/ids.ts';
import { bulkConcurrency } from '../contract/names/vocabulary.ts';
import type { Pace } from '../contract/old-contract.ts';
import { parseBulk } from '../contract/schemas/bulk.ts';
import type { BulkInput } from '../contract/schemas/bulk.ts';
import { withDefaults } from '../contract/schemas/onboarding-input.ts';
import { listRuns } from '../client/find-runs.ts';
import { firstRunOf } from '../client/start-run.ts';
import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { isRefusal } from '../cloudflare/error-class.ts';
import { endingOfFailure, endingOfResult } from '../decisions/bulk.ts';
import type { RowEnding } from '../decisions/bulk.ts';
import { tokenRemedy } from '../decisions/prerequisites.ts';
import { readListedDomain } from '../domains/email-domain.ts';
import { judgeCallbackUrl } from './call-back.ts';
import type { CallBackSettings } from './call-back.ts';
import { perform } from './perform.ts';
import { invalidInput } from './validate-input.ts';

/** The input in normal form, and what the run itself goes by. */
export interface BulkSettings {
  input: BulkInput;
  concurrency: number;
  pace: Pace;
}

export interface BulkValidationActivities {
  /** @throws {ApplicationFailure} `InvalidInput` with every problem: any client, in any language, may have started the run */
  validateBulk: (input: unknown) => Promise<BulkSettings>;
}

export interface FollowActivities {
  /**
   * Waits for the end of an onboarding, however long that takes.
   * @param run `runId`: of its first run, when it has continued as new
   */
  followOnboarding: (run: { workflowId: string; runId: string }) => Promise<RowEnding>;
}

export interface EnabledDomainActivities {
  /**
   * Which of these domains, in normal form, have an enabled connector and nothing under way: one that is still to be
   * confirmed, or is being off-boarded, may not stay enabled.
   * @throws {ApplicationFailure} `PrerequisitesNotMet` where the token may not read them
   */
  findEnabledDomains: (request: { accountId: string; emailDomains: string[]; pace: Pace }) => Promise<string[]>;
}

export function createBulkValidationActivities(callBacks: CallBackSettings | null): BulkValidationActivities {
  return {
    async validateBulk(candidate) {
      const parsed = parseBulk(candidate);
      if (!parsed.ok) throw invalidInput(parsed.problems);
      const { input } = parsed;
      const { accountId, rows, options, concurrency = bulkConcurrency.standard } = input;
      const { workflowId = '' } = activityInfo().workflowExecution ?? {};
      if (parseBulkId(workflowId)?.accountId !== accountId) {
        const expected = bulkIdFor(accountId, '<key>');
        const problem = `the run was started as "${workflowId}", and its input belongs to "${expected}"`;
        throw invalidInput([{ subject: 'workflow id', problem, remedy: `start it with an id such as "${expected}"` }]);
      }
      const urls = new Set([options, ...rows].flatMap((row) => row?.callbackUrl ?? []));
      const refused = [...urls].flatMap((url) => judgeCallbackUrl(url, callBacks) ?? []);
      if (refused.length > 0) throw invalidInput(refused);
      const { pace } = withDefaults({ ...options, accountId, emailDomain: '' }, 'auto');
      return await Promise.resolve({ input, concurrency, pace });
    },
  };
}

export function createEnabledDomainActivities({ connectors }: Cloudflare): EnabledDomainActivities {
  return {
    async findEnabledDomains({ accountId, emailDomains, pace }) {
      return await perform(pace, async (options) => {
        const wanted = new Set(emailDomains);
        try {
          const listed = await connectors.list(accountId, (name) => wanted.has(readListedDomain(name) ?? ''), options);
          const enabled = listed.flatMap(({ enabled: isEnabled, emailDomain }) =>
            isEnabled ? (readListedDomain(emailDomain) ?? []) : [],
          );
          const underWay = await domainsUnderWay(getClient(), accountId);
          return [...new Set(enabled)].filter((emailDomain) => !underWay.has(emailDomain));
        } catch (error) {
          // Every row would fail of the same thing.
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

const heartbeatsPerTimeout = 4;

export function createFollowActivities(): FollowActivities {
  return {
    async followOnboarding(run) {
      const { heartbeatTimeoutMs, startToCloseTimeoutMs } = activityInfo();
      const beat = setInterval(() => heartbeat(), (heartbeatTimeoutMs ?? startToCloseTimeoutMs) / heartbeatsPerTimeout);
      const client = getClient();
      try {
        return await client.withAbortSignal(cancellationSignal(), async () => await follow(client, run));
      } finally {
        clearInterval(beat);
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
    // The namespace may have forgotten the runs before the one that it has come to.
    const current = firstRunOf(newest) === runId ? newest.runId : runId;
    return endingOfResult(await client.workflow.getHandle<OnboardWorkflow>(workflowId, current).result());
  } catch (error) {
    if (error instanceof WorkflowFailedError) return endingOfFailure(error.cause);
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const message = 'its run has ended, and the namespace does not remember how; the same list again finds out';
    return { outcome: 'failed', type: 'Forgotten', message };
  }
}

async function domainsUnderWay(client: Client, accountId: string): Promise<Set<string>> {
  const types = Object.values(workflowTypes);
  const running = await Array.fromAsync(listRuns(client, { types, accountId, runningOnly: true }));
  return new Set(running.map(({ workflowId }) => parseWorkflowId(workflowId)?.emailDomain ?? ''));
}
