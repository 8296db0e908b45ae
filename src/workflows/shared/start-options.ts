import { workflowInfo } from '@temporalio/workflow';

import { failure } from './failures.ts';

/**
 * A time-out by the server would skip what a story does at its end, and a retry by the server would begin it anew.
 * @throws {ApplicationFailure} `InvalidInput`
 */
export function refuseServerTimeouts(): void {
  const { executionTimeoutMs, runTimeoutMs, retryPolicy } = workflowInfo();
  // Servers and clients write "none" as nothing or as 0.
  if (!executionTimeoutMs && !runTimeoutMs && retryPolicy === undefined) return;
  const problem = 'the run was started with an execution time-out, a run time-out or a retry policy';
  const remedy = 'start it without; deadlineSeconds in the input is the deadline that takes back what was done';
  throw failure('InvalidInput', `${problem}: ${remedy}`, [{ subject: 'start options', problem, remedy }]);
}
