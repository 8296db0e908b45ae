import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import { onboardingTaskQueue } from '../contract/names/ids.ts';
import type { deliver } from '../workflows/shared/deliver.ts';
import { describeRun } from './describe-run.ts';
import { workflowIdForEvent } from './event-key.ts';
import type { DeliveryId } from './event-key.ts';
import { isSameInput, lookAtRunning } from './start-run.ts';
import type { Running } from './start-run.ts';
import type { StoryInput, StoryStart } from './domain-workflows.ts';

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
  { caller, eventId }: DeliveryId,
  story: StoryStart<Input>,
  input: Input,
): Promise<DeliveryOutcome> {
  const workflowId = workflowIdForEvent(`sso-delivery/${caller}/`, eventId);
  const known = await recognise(client, workflowId, story, input);
  if (known !== null) return known;
  const running = await lookAtRunning(client, story, input);
  if (running.kind === 'other') return running;
  try {
    await client.workflow.start<typeof deliver>('deliver', {
      workflowId,
      taskQueue: onboardingTaskQueue,
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
  const description = await describeRun(client, workflowId);
  if (description === null) return null;
  const { memo } = description;
  const before = story.parse(memo?.['input']);
  const isSame = memo?.['story'] === story.name && before.ok && isSameInput(before.input, input);
  return { kind: isSame ? 'again' : 'id-reused' };
}
