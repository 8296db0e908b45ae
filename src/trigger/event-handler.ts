/** A sender's event: starts the workflow of a domain once, however often the event is sent. */
import { deliverEvent } from '../client/deliver-event.ts';
import { parseRequest } from '../client/domain-workflows.ts';
import { workflowIdFor } from '../contract/names/ids.ts';
import { conflictMessages } from '../messages/refusals.ts';
import { AdapterError } from './adapter.ts';
import { addressOfDomain, addressOfRun } from './addresses.ts';
import { parseJson, requireValid } from './call.ts';
import type { Answer, EventCall } from './call.ts';
import type { Sender } from './callers.ts';
import { HttpProblem } from './http-problem.ts';
import type { EventAccepted } from './schemas.ts';
import { statuses } from './statuses.ts';

export async function acceptEvent({ client, caller, eventId, body }: EventCall): Promise<Answer> {
  const candidate = adapt(caller, parseJson(body));
  if (candidate === null) return { status: 204 };
  const request = requireValid(parseRequest(caller.starts, candidate));
  const { accountId, emailDomain } = request.input;
  if (!caller.accounts.includes(accountId)) throw new HttpProblem(403);
  const outcome = await deliverEvent(client, { caller: caller.name, eventId }, request);
  const { kind } = outcome;
  if (kind === 'conflict') throw new HttpProblem(statuses[kind], { detail: conflictMessages[outcome.because] });
  if (kind === 'id-reused') throw new HttpProblem(statuses[kind], { detail: idReused });
  const { runId } = outcome;
  const workflowId = workflowIdFor(accountId, emailDomain);
  return {
    status: statuses[kind],
    location: runId === null ? addressOfDomain(request.input) : addressOfRun(request.input, runId),
    body: { kind: request.kind, accountId, emailDomain, workflowId, runId, outcome: kind } satisfies EventAccepted,
  };
}

const idReused = 'This webhook-id belongs to an event with another content; give each event an id of its own';

/** `null`: the adapter drops the event. */
function adapt({ adapter }: Sender, event: unknown): unknown {
  if (adapter === null) return event;
  try {
    return adapter.toInput(event);
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    throw new HttpProblem(422, { detail: `The event does not fit the adapter: ${error.message}` });
  }
}
