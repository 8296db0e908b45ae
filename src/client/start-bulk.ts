/** Starting a run for many domains, or finding the one that has been started for the same list. */
import { createHash } from 'node:crypto';

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import { bulkIdFor, bulkWorkflowType, onboardingTaskQueue } from '../contract/names/ids.ts';
import type { BulkInput } from '../contract/schemas/bulk.ts';
import { summariseBulk } from '../decisions/bulk.ts';
import { describeRun } from './describe-run.ts';
import { workflowIdForEvent } from './event-key.ts';
import type { DeliveryId } from './event-key.ts';

export interface BulkStarted {
  /** `joined`: the same list is under way. */
  kind: 'started' | 'joined';
  workflowId: string;
}

/** Starts it, or finds the one that is running for the same list; once that has ended, a new one does what is missing. */
export async function startOrJoinBulk(client: Client, input: BulkInput): Promise<BulkStarted> {
  const workflowId = bulkIdFor(input.accountId, hashOf(input));
  try {
    await start(client, workflowId, input, 'ALLOW_DUPLICATE');
    return { kind: 'started', workflowId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { kind: 'joined', workflowId };
  }
}

/** What `startOrJoinBulk` would join; `null`: nothing. */
export async function findBulkUnderWay(client: Client, input: BulkInput): Promise<BulkStarted | null> {
  const workflowId = bulkIdFor(input.accountId, hashOf(input));
  const description = await describeRun(client, workflowId);
  return description?.status.name === 'RUNNING' ? { kind: 'joined', workflowId } : null;
}

/** `again`: this delivery has been taken already; `id-reused`: its id belongs to one that said something else. */
export type BulkDelivered = { kind: 'taken' | 'again'; workflowId: string } | { kind: 'id-reused' };

/**
 * Hands a delivery to a run of its own, once, also after that run has ended: for as long as the namespace keeps it.
 * @param accounts all that the caller may name: an id is taken once, whichever of them it is for
 */
export async function deliverBulk(
  client: Client,
  { caller, eventId }: DeliveryId,
  accounts: readonly string[],
  input: BulkInput,
): Promise<BulkDelivered> {
  const idFor = (account: string) => workflowIdForEvent(bulkIdFor(account, `${caller}.`), eventId);
  const workflowId = idFor(input.accountId);
  for (const account of accounts) {
    const taken = await hashOfRun(client, idFor(account));
    if (taken !== null) return taken === hashOf(input) ? { kind: 'again', workflowId } : { kind: 'id-reused' };
  }
  try {
    await start(client, workflowId, input, 'REJECT_DUPLICATE');
    return { kind: 'taken', workflowId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // The same delivery, at the same time.
    const taken = await hashOfRun(client, workflowId);
    return taken === null || taken === hashOf(input) ? { kind: 'again', workflowId } : { kind: 'id-reused' };
  }
}

async function start(
  client: Client,
  workflowId: string,
  input: BulkInput,
  workflowIdReusePolicy: 'ALLOW_DUPLICATE' | 'REJECT_DUPLICATE',
): Promise<void> {
  await client.workflow.start(bulkWorkflowType, {
    workflowId,
    taskQueue: onboardingTaskQueue,
    args: [input],
    memo: { hash: hashOf(input) },
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy,
    ...summariseBulk(input),
  });
}

/** `null`: there is no run of this id. */
async function hashOfRun(client: Client, workflowId: string): Promise<string | null> {
  const description = await describeRun(client, workflowId);
  return description === null ? null : String(description.memo?.['hash']);
}

/**
 * What is asked for, as a key: the order of the rows, and how many go on at a time, do not count.
 * @param input as `parseBulk` gives it: in normal form, its fields in the schema's order
 */
export function hashOf({ accountId, rows, options }: BulkInput): string {
  const sorted = rows.toSorted((one, other) => (one.emailDomain < other.emailDomain ? -1 : 1));
  const text = JSON.stringify({ accountId, rows: sorted, options: options ?? {} });
  return createHash('sha256').update(text).digest('hex');
}
