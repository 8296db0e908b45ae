/** Bulk runs: many domains in one request. */
import { viewBulk } from '../client/bulk-view.ts';
import { startOrJoinBulk } from '../client/start-bulk.ts';
import { bulkIdFor } from '../contract/names/ids.ts';
import { parseBulk } from '../contract/schemas/bulk.ts';
import { addressOfBulk } from './addresses.ts';
import { mergeWithAddress, requireValid } from './call.ts';
import type { AccountCall, Answer } from './call.ts';
import { HttpProblem } from './http-problem.ts';
import type { BulkStartedBody } from './schemas.ts';
import { statuses } from './statuses.ts';

export const bulkHandlers = {
  async startBulk({ client, accountId, body }: AccountCall): Promise<Answer> {
    const input = requireValid(parseBulk(mergeWithAddress(body, { accountId })));
    const { kind, workflowId } = await startOrJoinBulk(client, input);
    return {
      status: statuses[kind],
      location: addressOfBulk(accountId, workflowId),
      body: { accountId, workflowId, rows: input.rows.length, outcome: kind } satisfies BulkStartedBody,
    };
  },

  async readBulk({ client, accountId, params }: AccountCall): Promise<Answer> {
    const { id } = params;
    const view = id !== undefined && bulkKeyPattern.test(id) ? await viewBulk(client, bulkIdFor(accountId, id)) : null;
    if (view === null) throw new HttpProblem(404, { detail: 'There is no such bulk run, or it is no longer kept' });
    return { status: 200, body: view };
  },
};

/** The key of a bulk run that was started by a client of this project: a SHA-256. */
const bulkKeyPattern = /^[0-9a-f]{64}$/u;
