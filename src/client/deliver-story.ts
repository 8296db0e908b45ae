import { createHash } from 'node:crypto';

import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import { ONBOARDING_TASK_QUEUE } from '../contract.ts';
import type { deliver } from '../workflows/deliver.ts';
import { isSameInput, lookAtRunning } from './start-story.ts';
import type { Running } from './start-story.ts';
import type { StoryInput, StoryStart } from './stories.ts';

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
 * Hands an event to a run of its own, which starts the story once, whatever becomes of this process. The id is
 * remembered for as long as the namespace keeps runs that have ended.
 */
export async function deliverStory<Input extends StoryInput>(
  client: Client,
  delivery: DeliveryId,
  story: StoryStart<Input>,
  input: Input,
): Promise<DeliveryOutcome> {
  const { caller } = delivery;
  const workflowId = deliveryWorkflowIdFor(delivery);
  const known = await recognise(client, workflowId, story, input);
  if (known !== null) return known;
  const running = await lookAtRunning(client, story, input);
  if (running.kind === 'other') return running;
  try {
    await client.workflow.start<typeof deliver>('deliver', {
      workflowId,
      taskQueue: ONBOARDING_TASK_QUEUE,
      args: [{ caller, ...story.request(input) }],
      memo: { story: story.name, input },
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `Event of ${caller}: ${story.name} of ${input.emailDomain}`,
    });
    return { kind: 'taken' };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return (await recognise(client, workflowId, story, input)) ?? { kind: 'again' };
  }
}

async function recognise<Input extends StoryInput>(
  client: Client,
  workflowId: string,
  story: StoryStart<Input>,
  input: Input,
): Promise<DeliveryOutcome | null> {
  try {
    const { memo } = await client.workflow.getHandle(workflowId).describe();
    const before = story.parse(memo?.['input']);
    const isSame = memo?.['story'] === story.name && before.ok && isSameInput(before.input, input);
    return { kind: isSame ? 'again' : 'id-reused' };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
