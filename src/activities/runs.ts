import { getClient } from '@temporalio/activity';

import { readConnectorRecord } from '../client/connector-records.ts';
import { compareWithRunning } from '../client/start-run.ts';
import type { Comparison } from '../client/start-run.ts';
import type { DomainRequest } from '../contract/handlers.ts';
import type { AccountDomain } from '../contract/names/ids.ts';
import type { ConnectorRecord } from '../contract/schemas/connector-record.ts';

export type RunActivities = ReturnType<typeof createRunActivities>;

export function createRunActivities() {
  return {
    /** Compares the request with the run in progress for its domain. */
    compareWithRunning: async (request: DomainRequest): Promise<Comparison> => {
      return await compareWithRunning(getClient(), request);
    },

    /** The record of the domain; `null`: there is none. */
    readRecord: async ({ accountId, emailDomain }: AccountDomain): Promise<ConnectorRecord | null> =>
      await readConnectorRecord(getClient(), accountId, emailDomain),
  };
}
