/** Many domains in one request: started once, and looked at. */
import { z } from 'zod';

import { bulkIdFor, parseBulkId } from '../contract/names/ids.ts';
import { parseBulk } from '../contract/schemas/bulk.ts';
import { viewBulk } from '../client/bulk-view.ts';
import { deliverBulk, startOrJoinBulk } from '../client/start-bulk.ts';
import { accountOf, known, parseJson, requireAccount } from './call.ts';
import type { Handler } from './call.ts';
import { HttpProblem } from './http-problem.ts';
import type { BulkAccepted } from './operations.ts';

const targetSchema = z.object({ id: z.string() });

export const bulkHandlers = {
  async startBulk(call) {
    const { client, reply } = call;
    const { caller, eventId } = known(call);
    // What an adapter fixes (approval, for instance) must not be gone around.
    if (caller.adapter !== null) throw new HttpProblem(403, 'A caller with an adapter onboards one domain at a time');
    const parsed = parseBulk(parseJson(call.body));
    if (!parsed.ok) throw new HttpProblem(422, 'The input cannot be used, and nothing was started', parsed.problems);
    const { input } = parsed;
    const { accountId, rows } = input;
    requireAccount(caller, accountId);
    const outcome =
      eventId === null
        ? await startOrJoinBulk(client, input)
        : await deliverBulk(client, { caller: caller.name, eventId }, caller.accounts, input);
    if (outcome.kind === 'id-reused')
      throw new HttpProblem(409, 'This webhook-id belongs to a list that said something else');
    const { kind, workflowId } = outcome;
    const key = parseBulkId(workflowId)?.key ?? '';
    const accepted: BulkAccepted = { accountId, rows: rows.length, workflowId, outcome: kind };
    const location = `/onboardings/bulk/${encodeURIComponent(key)}?account=${accountId}`;
    await reply.code(202).header('location', location).send(accepted);
  },

  async readBulk(call) {
    const { id } = targetSchema.parse(call.request.params);
    const view = await viewBulk(call.client, bulkIdFor(accountOf(call), id));
    if (view === null) throw new HttpProblem(404, 'There is no such list of onboardings');
    await call.reply.send(view);
  },
} satisfies Record<string, Handler>;
