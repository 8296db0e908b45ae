/** One run of a domain: its state, people's answers to it, and what can be asked of it. */
import { cancelRun, checkNow, sendAnswer } from '../client/run-operations.ts';
import type { RunTarget } from '../client/find-runs.ts';
import type { AnswerOutcome } from '../client/run-operations.ts';
import { viewRun } from '../client/run-view.ts';
import { approveUpdate, confirmUpdate, rejectUpdate } from '../contract/handlers.ts';
import { workflowIdFor } from '../contract/names/ids.ts';
import type { Decision } from '../contract/schemas/answers.ts';
import { nounOf } from '../messages/run-titles.ts';
import { parseBody } from './call.ts';
import type { AccountCall, Answer } from './call.ts';
import type { Bearer } from './callers.ts';
import { emailDomainOf } from './domain-handlers.ts';
import { HttpProblem } from './http-problem.ts';
import { approvalBodySchema, confirmationBodySchema } from './schemas.ts';
import { statuses } from './statuses.ts';

export const runHandlers = {
  async readRun(call: AccountCall): Promise<Answer> {
    const view = await viewRun(call.client, targetOf(call));
    if (view === null) throw noSuchRun();
    return { status: 200, body: view };
  },

  async answerApproval(call: AccountCall): Promise<Answer> {
    const target = targetOf(call);
    const { decision, ...said } = parseBody(approvalBodySchema, call.body);
    const update = decision === 'approve' ? approveUpdate : rejectUpdate;
    return toAnswer(await sendAnswer(call.client, target, update, toDecision(call.caller, said)));
  },

  async confirmSignIn(call: AccountCall): Promise<Answer> {
    const target = targetOf(call);
    const said = parseBody(confirmationBodySchema, call.body);
    return toAnswer(await sendAnswer(call.client, target, confirmUpdate, toDecision(call.caller, said)));
  },

  async requestCheck(call: AccountCall): Promise<Answer> {
    return toAnswer(await checkNow(call.client, targetOf(call)));
  },

  async requestCancellation(call: AccountCall): Promise<Answer> {
    return toAnswer(await cancelRun(call.client, targetOf(call)));
  },
};

/** Of a Temporal run. The server answers any other as a wrong request. */
const runIdPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

/** @throws {HttpProblem} 404, 422 */
function targetOf(call: AccountCall): RunTarget {
  const workflowId = workflowIdFor(call.accountId, emailDomainOf(call));
  const { runId } = call.params;
  if (runId === undefined || !runIdPattern.test(runId)) throw noSuchRun();
  return { workflowId, runId };
}

/** The caller is who was authenticated; `by` is its claim. */
function toDecision({ name }: Bearer, { by, reason }: { by?: string | undefined; reason: string }): Decision {
  return { by: by === undefined ? name : `${by} (via ${name})`, reason };
}

type RunOutcome = AnswerOutcome<unknown> | Awaited<ReturnType<typeof checkNow>>;

function toAnswer(outcome: RunOutcome): Answer {
  switch (outcome.kind) {
    case 'recorded':
      return { status: statuses.recorded, body: outcome.result };
    case 'requested':
    case 'in-progress':
      return { status: statuses[outcome.kind] };
    case 'not-found':
      throw noSuchRun();
    case 'rejected':
      throw new HttpProblem(statuses.rejected, { detail: outcome.reason });
    case 'not-recorded':
      throw new HttpProblem(statuses['not-recorded'], { detail: notRecorded });
    case 'ended': {
      const { workflow, state, phase } = outcome;
      const inPhase = phase === null ? '' : `, in the phase ${phase}`;
      throw new HttpProblem(statuses.ended, { detail: `The ${nounOf(workflow)} has ended: ${state}${inPhase}` });
    }
  }
}

const notRecorded = 'No worker accepted the answer in time, so it was not recorded; send it again';

function noSuchRun(): HttpProblem {
  return new HttpProblem(statuses['not-found'], { detail: 'The domain has no such run, or it is no longer kept' });
}
