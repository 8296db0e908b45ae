/** What should be, as the server keeps it: one open run for each domain that was brought to `enabled`. */
import type { Client } from '@temporalio/client';

import { recordIdFor, recordWorkflowType } from '../contract/names/ids.ts';
import type { ConnectorRecord } from '../contract/schemas/connector-record.ts';
import { describeRun } from './describe-run.ts';
import { listRuns } from './find-runs.ts';

/** In no order. Eventually consistent: one that was opened a moment ago may be missing. */
export async function* listConnectorRecords(client: Client, accountId: string): AsyncGenerator<ConnectorRecord> {
  const running = listRuns(client, { types: [recordWorkflowType], accountId, runningOnly: true });
  for await (const { memo } of running) {
    const record = toRecord(memo);
    if (record !== null) yield record;
  }
}

/** `null`: the domain was never brought to `enabled`, or has been off-boarded. */
export async function readConnectorRecord(
  client: Client,
  accountId: string,
  emailDomain: string,
): Promise<ConnectorRecord | null> {
  const description = await describeRun(client, recordIdFor(accountId, emailDomain));
  return description?.status.name === 'RUNNING' ? toRecord(description.memo) : null;
}

function toRecord(memo: Record<string, unknown> | undefined): ConnectorRecord | null {
  const record = memo?.['record'];
  return isRecord(record) ? record : null;
}

/** Only `rememberConnector` and who starts it write it. */
function isRecord(value: unknown): value is ConnectorRecord {
  return typeof value === 'object' && value !== null && 'connectorId' in value;
}
