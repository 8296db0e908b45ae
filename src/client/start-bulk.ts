/** Starts a bulk run, or finds the one that was started for the same list. */
import { createHash } from 'node:crypto';

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import { bulkIdFor, bulkWorkflowType, onboardingTaskQueue } from '../contract/names/ids.ts';
import type { ParsedBulkInput } from '../contract/schemas/bulk.ts';
import { onboardingInputSchema } from '../contract/schemas/onboarding-input.ts';
import { toOnboardingInput } from '../decisions/bulk.ts';
import { bulkRunTitle } from '../messages/run-titles.ts';
import { workflowIdForEvent } from './deliver-event.ts';
import type { DeliveryId } from './deliver-event.ts';
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
    await start(client, workflowId, input, 'ALLOW_DUPLICATE');
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

/** `duplicate`: this delivery was accepted before; `id-reused`: its id belongs to a delivery with another list. */
export type BulkDelivered = { kind: 'accepted' | 'duplicate'; workflowId: string } | { kind: 'id-reused' };

/**
 * Starts a run for a delivery once, also after that run has ended, for as long as the namespace keeps it.
 * @param accounts all accounts of the caller: an id is used once, whichever account it is for
 */
export async function deliverBulk(
  client: Client,
  { caller, eventId }: DeliveryId,
  accounts: readonly string[],
  input: ParsedBulkInput,
): Promise<BulkDelivered> {
  const idFor = (account: string) => workflowIdForEvent(bulkIdFor(account, `${caller}.`), eventId);
  const workflowId = idFor(input.accountId);
  for (const account of accounts) {
    const delivered = await hashOfRun(client, idFor(account));
    if (delivered !== null) {
      return delivered === hashOf(input) ? { kind: 'duplicate', workflowId } : { kind: 'id-reused' };
    }
  }
  try {
    await start(client, workflowId, input, 'REJECT_DUPLICATE');
    return { kind: 'accepted', workflowId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // The same delivery arrived at the same time.
    const delivered = await hashOfRun(client, workflowId);
    const isSame = delivered === null || delivered === hashOf(input);
    return isSame ? { kind: 'duplicate', workflowId } : { kind: 'id-reused' };
  }
}

async function start(
  client: Client,
  workflowId: string,
  input: ParsedBulkInput,
  workflowIdReusePolicy: 'ALLOW_DUPLICATE' | 'REJECT_DUPLICATE',
): Promise<void> {
  await client.workflow.start(bulkWorkflowType, {
    workflowId,
    taskQueue: onboardingTaskQueue,
    args: [input],
    memo: { hash: hashOf(input) },
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy,
    ...bulkRunTitle(input),
  });
}

/** `null`: there is no run of this id. */
async function hashOfRun(client: Client, workflowId: string): Promise<string | null> {
  const description = await describeRun(client, workflowId);
  return description === null ? null : String(description.memo?.['hash']);
}

/** A key of what is asked for, after defaults. The order of the rows and the concurrency do not count. */
export function hashOf(input: ParsedBulkInput): string {
  const rows = input.rows
    .map((row) => onboardingInputSchema.parse(toOnboardingInput(input, row)))
    .toSorted((one, other) => (one.emailDomain < other.emailDomain ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}
