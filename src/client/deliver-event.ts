/** Accepts an event of a caller once, and starts the domain's workflow for it. */
import { createHash } from 'node:crypto';

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import type { DeliverWorkflow, DomainRequest } from '../contract/handlers.ts';
import { deliveryWorkflowType, onboardingTaskQueue } from '../contract/names/ids.ts';
import { isSameInput } from './domain-workflows.ts';
import { describeRun } from './find-runs.ts';
import { compareWithRunning } from './start-run.ts';
import type { Conflict } from './start-run.ts';

/** Caller and event id together identify a delivery. */
export interface DeliveryId {
  caller: string;
  eventId: string;
}

export type DeliveryOutcome =
  /** `duplicate`: this delivery was accepted before. `id-reused`: the id belongs to an event with another content. */
  { kind: 'accepted' | 'duplicate' | 'id-reused' } | Conflict;

/**
 * Hands an event to a run of its own, which starts the domain's workflow once, whatever happens to this process. Duplicates
 * are recognized for as long as the namespace keeps runs that have ended.
 */
export async function deliverEvent(
  client: Client,
  { caller, eventId }: DeliveryId,
  request: DomainRequest,
): Promise<DeliveryOutcome> {
  const workflowId = workflowIdForEvent(`sso-delivery/${caller}/`, eventId);
  const known = await recognize(client, workflowId, request);
  if (known !== null) return known;
  const running = await compareWithRunning(client, request);
  if (running.kind === 'conflict') return running;
  const { kind, input } = request;
  try {
    await client.workflow.start<DeliverWorkflow>(deliveryWorkflowType, {
      workflowId,
      taskQueue: onboardingTaskQueue,
      args: [{ caller, ...request }],
      memo: { kind, input },
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `Event of ${caller}: ${kind} of ${input.emailDomain}`,
    });
    return { kind: 'accepted' };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return (await recognize(client, workflowId, request)) ?? { kind: 'duplicate' };
  }
}

async function recognize(client: Client, workflowId: string, request: DomainRequest): Promise<DeliveryOutcome | null> {
  const description = await describeRun(client, workflowId);
  if (description === null) return null;
  const { memo } = description;
  const isSame = memo?.['kind'] === request.kind && isSameInput(request, memo['input']);
  return { kind: isSame ? 'duplicate' : 'id-reused' };
}

/** Bytes; the limit of a Temporal server with an SQL database: https://github.com/temporalio/temporal/issues/2122 */
const longestWorkflowId = 255;

/** The workflow id of an event: `prefix` and the event's own id, or its hash where that is too long. */
export function workflowIdForEvent(prefix: string, eventId: string): string {
  const workflowId = `${prefix}${eventId}`;
  if (Buffer.byteLength(workflowId) <= longestWorkflowId) return workflowId;
  return `${prefix}sha256:${createHash('sha256').update(eventId).digest('hex')}`;
}
