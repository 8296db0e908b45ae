import { workflowInfo } from '@temporalio/workflow';

import type { Answer } from '../../contract/schemas/answers.ts';

/**
 * For validators of updates, whose sender may be any client in any language.
 * @throws {TypeError} if the answer does not say who and why, arrives too late, or is meant for another run
 */
export function requireAnswer(answer: Answer): void {
  if (typeof answer?.by !== 'string' || answer.by.trim() === '')
    throw new TypeError('"by" is missing: say who decided');
  if (typeof answer.reason !== 'string' || answer.reason.trim() === '')
    throw new TypeError('"reason" is missing: say why');
  const { notAfter, runId } = answer;
  const now = new Date();
  if (notAfter && now.getTime() > Date.parse(notAfter)) {
    const clock = "if it was sent just now, the sender's clock is wrong";
    throw new TypeError(`The answer was valid until ${notAfter}, but it is ${now.toISOString()}; ${clock}`);
  }
  const current = workflowInfo().firstExecutionRunId;
  if (runId && runId !== current) throw new TypeError(`The answer is for the run ${runId}, but this one is ${current}`);
}
