/** The records of domains: one open run for each domain that should be enabled. */
import type { Client } from '@temporalio/client';

import { recordIdFor, recordWorkflowType } from '../contract/names/ids.ts';
import { connectorRecordSchema } from '../contract/schemas/connector-record.ts';
import type { ConnectorRecord } from '../contract/schemas/connector-record.ts';
import { describeRun, listRuns } from './find-runs.ts';

/** In no order. Eventually consistent: a record that was opened a moment ago may be missing. */
export async function* listConnectorRecords(client: Client, accountId: string): AsyncGenerator<ConnectorRecord> {
  for await (const { memo } of listRuns(client, { types: [recordWorkflowType], accountId, runningOnly: true })) {
    const record = toRecord(memo);
    if (record !== null) yield record;
  }
}

/** `null`: the domain has no open record. */
export async function readConnectorRecord(
  client: Client,
  accountId: string,
  emailDomain: string,
): Promise<ConnectorRecord | null> {
  const description = await describeRun(client, recordIdFor(accountId, emailDomain));
  return description?.status.name === 'RUNNING' ? toRecord(description.memo) : null;
}

function toRecord(memo: Record<string, unknown> | undefined): ConnectorRecord | null {
  return connectorRecordSchema.safeParse(memo?.['record']).data ?? null;
}
