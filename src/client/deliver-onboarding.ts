import { createHash } from 'node:crypto';

import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import { ONBOARDING_TASK_QUEUE } from '../contract.ts';
import type { OnboardingInput } from '../contract.ts';
import { parseInput } from '../input.ts';
import type { deliver } from '../workflows/deliver.ts';
import { isSameInput, lookAtRunning } from './start-onboarding.ts';
import type { Running } from './start-onboarding.ts';

/** `caller` and `eventId` together tell a delivery from every other. */
export interface DeliveryId {
  caller: string;
  eventId: string;
}

/** What a Temporal server on an SQL database can keep, in bytes: https://github.com/temporalio/temporal/issues/2122 */
const longestWorkflowId = 255;

function deliveryWorkflowIdFor({ caller, eventId }: DeliveryId): string {
  const workflowId = `sso-delivery/${caller}/${eventId}`;
  if (Buffer.byteLength(workflowId) <= longestWorkflowId) return workflowId;
  return `sso-delivery/${caller}/sha256:${createHash('sha256').update(eventId).digest('hex')}`;
}

export type DeliveryOutcome =
  /** `again`: this delivery had been taken already. */
  | { kind: 'taken' | 'again' }
  /** The id belongs to an event that said something else. */
  | { kind: 'id-reused' }
  | Extract<Running, { kind: 'other' }>;

/**
 * Hands an event to a run of its own, which starts the onboarding once, whatever becomes of this process. The id is
 * remembered for as long as the namespace keeps runs that have ended.
 */
export async function deliverOnboarding(
  client: Client,
  delivery: DeliveryId,
  input: OnboardingInput,
): Promise<DeliveryOutcome> {
  const { caller } = delivery;
  const workflowId = deliveryWorkflowIdFor(delivery);
  const known = await recognise(client, workflowId, input);
  if (known !== null) return known;
  const running = await lookAtRunning(client, input);
  if (running.kind === 'other') return running;
  try {
    await client.workflow.start<typeof deliver>('deliver', {
      workflowId,
      taskQueue: ONBOARDING_TASK_QUEUE,
      args: [{ caller, input }],
      memo: { input },
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `Event of ${caller}: onboard ${input.emailDomain}`,
    });
    return { kind: 'taken' };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return (await recognise(client, workflowId, input)) ?? { kind: 'again' };
  }
}

async function recognise(client: Client, workflowId: string, input: OnboardingInput): Promise<DeliveryOutcome | null> {
  try {
    const { memo } = await client.workflow.getHandle(workflowId).describe();
    const before = parseInput(memo?.['input']);
    return { kind: before.ok && isSameInput(before.input, input) ? 'again' : 'id-reused' };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
