import { getClient } from '@temporalio/activity';

import { readConnectorRecord } from '../client/connector-records.ts';
import type { ConnectorRecord } from '../contract/schemas/connector-record.ts';

export interface ConnectorRecordActivities {
  /** What is remembered of the domain; `null`: nothing. */
  readRecord: (domain: { accountId: string; emailDomain: string }) => Promise<ConnectorRecord | null>;
}

export function createConnectorRecordActivities(): ConnectorRecordActivities {
  return {
    readRecord: async ({ accountId, emailDomain }) => await readConnectorRecord(getClient(), accountId, emailDomain),
  };
}
