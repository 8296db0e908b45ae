import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { WithWorkflowArgs, Workflow } from '@temporalio/common';
import { ChildWorkflowCancellationType, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { ChildWorkflowHandle, ChildWorkflowOptions } from '@temporalio/workflow';

import { onboardingTaskQueue } from '../../contract/names/ids.ts';

/** Starts a run that continues when its parent ends or is cancelled. `null`: the workflow id is in use. */
export async function startDetached<Started extends Workflow = Workflow>(
  workflowType: string,
  options: WithWorkflowArgs<
    Started,
    Omit<ChildWorkflowOptions, 'taskQueue' | 'parentClosePolicy' | 'cancellationType'> & { workflowId: string }
  >,
): Promise<ChildWorkflowHandle<Started> | null> {
  try {
    return await startChild<Started>(workflowType, {
      ...options,
      taskQueue: onboardingTaskQueue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return null;
  }
}
