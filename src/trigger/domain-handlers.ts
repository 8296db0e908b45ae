/** The domains of an account: the list of their runs, the newest run of one, and starting a run. */
import { parseRequest } from '../client/domain-workflows.ts';
import { listDomainRunPage } from '../client/list-domains.ts';
import { viewRun } from '../client/run-view.ts';
import { startOrJoin } from '../client/start-run.ts';
import { workflowIdFor } from '../contract/names/ids.ts';
import type { WorkflowKind } from '../contract/names/ids.ts';
import { normaliseEmailDomain } from '../domains/email-domain.ts';
import { conflictMessages } from '../messages/refusals.ts';
import { addressOfRun } from './addresses.ts';
import { mergeWithAddress, requireValid } from './call.ts';
import type { AccountCall, Answer } from './call.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { HttpProblem } from './http-problem.ts';
import { domainsQuerySchema } from './schemas.ts';
import type { Domains, RunStarted } from './schemas.ts';
import { statuses } from './statuses.ts';

export const domainHandlers = {
  async listDomains({ client, accountId, query }: AccountCall): Promise<Answer> {
    const { phase, waiting, cursor } = domainsQuerySchema.parse(query);
    const filter = { accountId, phase, waiting: waiting === 'true' };
    const pageToken = cursor === undefined ? null : decodeCursor(filter, cursor);
    if (cursor !== undefined && pageToken === null) throw notACursor();
    const { runs, nextPageToken } = await listDomainRunPage(client, filter, pageToken);
    const nextCursor = nextPageToken === null ? null : encodeCursor(filter, nextPageToken);
    return { status: 200, body: { runs, nextCursor } satisfies Domains };
  },

  async readDomain(call: AccountCall): Promise<Answer> {
    const view = await viewRun(call.client, { workflowId: workflowIdFor(call.accountId, emailDomainOf(call)) });
    if (view === null) throw new HttpProblem(404, { detail: 'The domain has no run, or none that is still kept' });
    return { status: 200, body: view };
  },

  async startOnboarding(call: AccountCall): Promise<Answer> {
    return await start(call, 'onboarding');
  },

  async startOffboarding(call: AccountCall): Promise<Answer> {
    return await start(call, 'offboarding');
  },
};

async function start(call: AccountCall, workflowKind: WorkflowKind): Promise<Answer> {
  const { client, accountId, body } = call;
  const domain = { accountId, emailDomain: emailDomainOf(call) };
  const request = requireValid(parseRequest(workflowKind, mergeWithAddress(body, domain)));
  const outcome = await startOrJoin(client, request);
  const { kind, workflowId } = outcome;
  if (kind === 'conflict') throw new HttpProblem(statuses[kind], { detail: conflictMessages[outcome.because] });
  const { runId } = outcome;
  return {
    status: statuses[kind],
    location: addressOfRun(domain, runId),
    body: { kind: workflowKind, ...domain, workflowId, runId, outcome: kind } satisfies RunStarted,
  };
}

/**
 * The domain of the address, in normal form.
 * @throws {HttpProblem} 422
 */
export function emailDomainOf({ params }: AccountCall): string {
  const domain = normaliseEmailDomain(params['domain'] ?? '');
  if (domain.ok) return domain.emailDomain;
  const { reason: problem, remedy } = domain;
  return requireValid({ ok: false, problems: [{ subject: 'domain', problem, remedy }] });
}

function notACursor(): HttpProblem {
  const problem = 'is not a cursor of this list';
  const remedy = 'use nextCursor of the previous page with the same phase and waiting, or start without a cursor';
  return new HttpProblem(422, { problems: [{ subject: 'cursor', problem, remedy }] });
}
