/** Accepts an event of a caller once, and starts the domain's workflow for it. */
import { createHash } from 'node:crypto';

import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import type { DeliverWorkflow, DomainRequest } from '../contract/handlers.ts';
import { deliveryWorkflowType, onboardingTaskQueue } from '../contract/names/ids.ts';
import { isSameInput } from './domain-workflows.ts';
import { describeRun } from './find-runs.ts';
import { isServerError } from './server-errors.ts';
import { compareWithRunning } from './start-run.ts';
import type { Conflict } from './start-run.ts';

/** Caller and event id together identify a delivery. */
interface DeliveryId {
  caller: string;
  eventId: string;
}

type DeliveryOutcome =
  /**
   * `duplicate`: this delivery was accepted before. `runId`: the first run of the chain that it started or joined;
   * `null`: it has not started any yet, or could not.
   */
  | { kind: 'accepted' | 'duplicate'; runId: string | null }
  /** The id belongs to an event with another content. */
  | { kind: 'id-reused' }
  | Conflict;

/**
 * Hands an event to a run of its own, which starts the domain's workflow once, whatever happens to this process. Duplicates
 * are recognised for as long as the namespace keeps runs that have ended.
 */
export async function deliverEvent(
  client: Client,
  { caller, eventId }: DeliveryId,
  request: DomainRequest,
): Promise<DeliveryOutcome> {
  const workflowId = workflowIdForEvent(caller, eventId);
  const earlier = await recognise(client, workflowId, request);
  if (earlier !== null) return earlier;
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
      staticSummary: `Event from ${caller}: ${kind} of ${input.emailDomain}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return (await recognise(client, workflowId, request)) ?? { kind: 'duplicate', runId: null };
  }
  return { kind: 'accepted', runId: await waitForRun(client, workflowId) };
}

/** `null`: no delivery has this id. */
async function recognise(client: Client, workflowId: string, request: DomainRequest): Promise<DeliveryOutcome | null> {
  const description = await describeRun(client, workflowId);
  if (description === null) return null;
  const { memo } = description;
  const isSame = memo?.['kind'] === request.kind && isSameInput(request, memo['input']);
  return isSame ? { kind: 'duplicate', runId: await waitForRun(client, workflowId) } : { kind: 'id-reused' };
}

/** A worker starts the domain's workflow in a fraction of this. */
const startTimeoutMilliseconds = 2000;

/** The run that the delivery started or joined; `null`: none in time, or none at all. The event is accepted either way. */
async function waitForRun(client: Client, workflowId: string): Promise<string | null> {
  const delivery = client.workflow.getHandle<DeliverWorkflow>(workflowId);
  try {
    const deadline = Date.now() + startTimeoutMilliseconds;
    return (await client.withDeadline(deadline, async () => await delivery.result())).runId;
  } catch (error) {
    if (isServerError(error) || error instanceof WorkflowFailedError) return null;
    throw error;
  }
}

/** Bytes; the limit of a Temporal server with an SQL database: https://github.com/temporalio/temporal/issues/2122 */
const longestWorkflowId = 255;

/** Contains the event's own id, or its hash where that is too long. */
function workflowIdForEvent(caller: string, eventId: string): string {
  const prefix = `sso-delivery/${caller}/`;
  const workflowId = `${prefix}${eventId}`;
  if (Buffer.byteLength(workflowId) <= longestWorkflowId) return workflowId;
  return `${prefix}sha256:${createHash('sha256').update(eventId).digest('hex')}`;
}
