/** One delivery of somebody's event: its id makes it happen once, also after what it started has ended. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ChildWorkflowCancellationType, ParentClosePolicy, proxyActivities, startChild } from '@temporalio/workflow';

import type { RunningStoryActivities } from '../activities/running-story.ts';
import { ONBOARDING_TASK_QUEUE, workflowIdFor } from '../contract.ts';
import { workflowTypeOf } from '../contract/offboarding.ts';
import type { StoryRequest } from '../contract/offboarding.ts';
import { summariseOffboarding, summariseOnboarding } from '../decisions/story-summary.ts';

/** Its input is checked and in normal form. */
export type Delivery = StoryRequest & {
  /** Who sent it. */
  caller: string;
};

export interface DeliveryResult {
  /** `joined`: the same was under way; `refused`: something else was, see `because`. */
  outcome: 'started' | 'joined' | 'refused';
  workflowId: string;
  because: string | null;
}

/** Starts the story, which then goes on by itself. */
export async function deliver(delivery: Delivery): Promise<DeliveryResult> {
  const { story, input } = delivery;
  const { lookAtRunning } = proxyActivities<RunningStoryActivities>({
    summary: 'What is under way for the domain?',
    taskQueue: ONBOARDING_TASK_QUEUE,
    startToCloseTimeout: '30 seconds',
  });
  const workflowId = workflowIdFor(input.accountId, input.emailDomain);
  for (;;) {
    try {
      await startChild(workflowTypeOf[story], {
        workflowId,
        taskQueue: ONBOARDING_TASK_QUEUE,
        args: [input],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        ...(story === 'onboarding' ? summariseOnboarding(input) : summariseOffboarding(input)),
      });
      return { outcome: 'started', workflowId, because: null };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const running = await lookAtRunning(delivery);
    if (running.kind === 'same-input') return { outcome: 'joined', workflowId, because: null };
    if (running.kind === 'other') return { outcome: 'refused', workflowId, because: running.because };
    // What stood in the way has ended.
  }
}
