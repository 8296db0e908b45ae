/** What should be, as the server keeps it: one open run for each domain that was brought to `enabled`. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import { accountIdAttribute } from '../contract.ts';
import { RECORD_WORKFLOW_TYPE, recordIdFor } from '../contract/connector-record.ts';
import type { ConnectorRecord } from '../contract/connector-record.ts';

/** In no order. Eventually consistent: one that was opened a moment ago may be missing. */
export async function* listConnectorRecords(client: Client, accountId: string): AsyncGenerator<ConnectorRecord> {
  const query = `WorkflowType = '${RECORD_WORKFLOW_TYPE}' AND ExecutionStatus = 'Running' AND ${accountIdAttribute.name} = '${accountId}'`;
  for await (const { memo } of client.workflow.list({ query })) {
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
  try {
    const { status, memo } = await client.workflow.getHandle(recordIdFor(accountId, emailDomain)).describe();
    return status.name === 'RUNNING' ? toRecord(memo) : null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function toRecord(memo: Record<string, unknown> | undefined): ConnectorRecord | null {
  const record = memo?.['record'];
  return isRecord(record) ? record : null;
}

/** Only `rememberConnector` and who starts it write it. */
function isRecord(value: unknown): value is ConnectorRecord {
  return typeof value === 'object' && value !== null && 'connectorId' in value;
}
