/** Starts a bulk run, or finds the one in progress for the same list. */
import { createHash } from 'node:crypto';

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import { bulkIdFor, bulkWorkflowType, onboardingTaskQueue } from '../contract/names/ids.ts';
import type { ParsedBulkInput } from '../contract/schemas/bulk.ts';
import { onboardingInputSchema } from '../contract/schemas/onboarding-input.ts';
import { toOnboardingInput } from '../decisions/bulk.ts';
import { bulkRunTitle } from '../messages/run-titles.ts';
import { describeRun } from './find-runs.ts';

export interface BulkStarted {
  /** `joined`: a run for the same list is in progress. */
  kind: 'started' | 'joined';
  workflowId: string;
}

/** Starts a run, or finds the one in progress for the same list. Once that has ended, a new run does what is missing. */
export async function startOrJoinBulk(client: Client, input: ParsedBulkInput): Promise<BulkStarted> {
  const workflowId = bulkIdFor(input.accountId, hashOf(input));
  try {
    await client.workflow.start(bulkWorkflowType, {
      workflowId,
      taskQueue: onboardingTaskQueue,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      ...bulkRunTitle(input),
    });
    return { kind: 'started', workflowId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { kind: 'joined', workflowId };
  }
}

/** The run that `startOrJoinBulk` would join; `null`: there is none. */
export async function findRunningBulk(client: Client, input: ParsedBulkInput): Promise<BulkStarted | null> {
  const workflowId = bulkIdFor(input.accountId, hashOf(input));
  const description = await describeRun(client, workflowId);
  return description?.status.name === 'RUNNING' ? { kind: 'joined', workflowId } : null;
}

/** A key of what is asked for, after defaults. The order of the rows and the concurrency do not count. */
export function hashOf(input: ParsedBulkInput): string {
  const rows = input.rows
    .map((row) => onboardingInputSchema.parse(toOnboardingInput(input, row)))
    .toSorted((one, other) => (one.emailDomain < other.emailDomain ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}
