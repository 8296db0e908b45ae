import { workflowInfo } from '@temporalio/workflow';

import type { Answer } from '../../contract/schemas/answers.ts';

/**
 * For validators of updates, whose sender may be any client in any language.
 * @throws {TypeError} when it does not say who and why, comes too late, or is meant for another run
 */
export function requireDecision(answer: Answer): void {
  if (typeof answer?.by !== 'string' || answer.by.trim() === '') throw new TypeError('Who says so? Set "by"');
  if (typeof answer.reason !== 'string' || answer.reason.trim() === '') throw new TypeError('Why? Set "reason"');
  const { notAfter, runId } = answer;
  const now = new Date();
  if (notAfter && now.getTime() > Date.parse(notAfter)) {
    const clock = "if it was sent just now, the sender's clock is wrong";
    throw new TypeError(`It was good until ${notAfter}, and it is ${now.toISOString()}; ${clock}`);
  }
  const asked = workflowInfo().firstExecutionRunId;
  if (runId && runId !== asked) throw new TypeError(`It answers the run ${runId}, and this one is ${asked}`);
}
