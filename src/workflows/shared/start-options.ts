import { workflowInfo } from '@temporalio/workflow';

import { failure } from './failures.ts';

/**
 * A timeout by the server would skip the undo, and a retry by the server would start the run again.
 * @throws {ApplicationFailure} `InvalidInput`
 */
export function refuseServerTimeouts(): void {
  const { executionTimeoutMs, runTimeoutMs, retryPolicy } = workflowInfo();
  // Servers and clients write "none" as undefined or as 0.
  if (!executionTimeoutMs && !runTimeoutMs && retryPolicy === undefined) return;
  const problem = 'the run was started with an execution timeout, a run timeout or a retry policy';
  const remedy = 'start it without; deadlineSeconds in the input is the deadline, after which the run is undone';
  throw failure('InvalidInput', `${problem}: ${remedy}`, [{ subject: 'start options', problem, remedy }]);
}
