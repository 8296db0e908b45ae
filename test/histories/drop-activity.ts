/**
 * Workflow code: with a memo `drop` in the started event of its history, a run calls one activity no more, as if its call had
 * been deleted from the workflow. The code goes on with the recorded results.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { WorkflowInterceptors } from '@temporalio/workflow';

export interface Drop {
  activity: string;
  /** Of each call, in order; `null`: it has none. */
  results: ({ result: unknown } | null)[];
}

export function interceptors(): WorkflowInterceptors {
  let calls = 0;
  async function callOrDrop(activityType: string, call: () => Promise<unknown>): Promise<unknown> {
    const drop = workflowInfo().memo?.['drop'] as Drop | undefined;
    if (drop?.activity !== activityType) return await call();
    const recorded = drop.results[calls] ?? null;
    calls += 1;
    // A call without a result never returned.
    return await (recorded === null ? new Promise(() => {}) : Promise.resolve(recorded.result));
  }
  return {
    outbound: [
      {
        scheduleActivity: async (input, next) => await callOrDrop(input.activityType, async () => await next(input)),
        scheduleLocalActivity: async (input, next) => await callOrDrop(input.activityType, async () => await next(input)),
      },
    ],
  };
}
