/** The record of a domain: kept in the memo of a run that stays open until the domain is off-boarded. */
import { TemporalFailure } from '@temporalio/common';
import { CancellationScope, condition, getExternalWorkflowHandle, setHandler, upsertMemo } from '@temporalio/workflow';

import { closeRecordSignal, updateRecordSignal } from '../../contract/handlers.ts';
import { accountIdAttribute, emailDomainAttribute, recordIdFor, recordWorkflowType } from '../../contract/names/ids.ts';
import type { ConnectorRecord } from '../../contract/schemas/connector-record.ts';
import { mergeRecords } from '../../decisions/connector-record.ts';
import { startDetached } from './start-detached.ts';

/** Completes when the domain has been off-boarded. Waits without a timer, so an open run costs nothing. */
export async function keepConnectorRecord(initial: ConnectorRecord): Promise<void> {
  let record = initial;
  let isClosed = false;
  setHandler(
    updateRecordSignal,
    (now) => {
      record = mergeRecords(record, now);
      isClosed = false;
      upsertMemo({ record });
    },
    { description: 'The connector was enabled again' },
  );
  setHandler(
    closeRecordSignal,
    () => {
      isClosed = true;
    },
    { description: 'The domain was off-boarded' },
  );
  await condition(() => isClosed);
}

/** Between finding the record open and signalling it, it can be closed and opened again. */
const attempts = 3;

/** Opens the domain's record, or updates the open one. Never fails: returns false if it could not. */
export async function openOrUpdateRecord(record: ConnectorRecord): Promise<boolean> {
  // An enabled connector is recorded even if the run is cancelled meanwhile.
  return await CancellationScope.nonCancellable(async () => {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if ((await openRecord(record)) || (await updateRecord(record))) return true;
    }
    return false;
  });
}

/** False if a record is open. */
async function openRecord(record: ConnectorRecord): Promise<boolean> {
  const { accountId, emailDomain } = record;
  const opened = await startDetached<typeof keepConnectorRecord>(recordWorkflowType, {
    workflowId: recordIdFor(accountId, emailDomain),
    args: [record],
    memo: { record },
    typedSearchAttributes: [
      { key: emailDomainAttribute, value: emailDomain },
      { key: accountIdAttribute, value: accountId },
    ],
    staticSummary: `${emailDomain} should be enabled`,
  });
  return opened !== null;
}

/** Updates the domain's record. False if none is open. */
export async function updateRecord(record: ConnectorRecord): Promise<boolean> {
  const handle = getExternalWorkflowHandle(recordIdFor(record.accountId, record.emailDomain));
  return await isDelivered(async () => await handle.signal(updateRecordSignal, record));
}

/** Closes the domain's record, if one is open. */
export async function closeRecord(accountId: string, emailDomain: string): Promise<void> {
  const handle = getExternalWorkflowHandle(recordIdFor(accountId, emailDomain));
  await CancellationScope.nonCancellable(
    async () => await isDelivered(async () => await handle.signal(closeRecordSignal)),
  );
}

async function isDelivered(signal: () => Promise<void>): Promise<boolean> {
  try {
    await signal();
    return true;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return false;
  }
}
