/** What should be, for as long as it should: the record of one domain, in the memo of a run that stays open. */
import { TemporalFailure } from '@temporalio/common';
import { CancellationScope, condition, getExternalWorkflowHandle, setHandler, upsertMemo } from '@temporalio/workflow';

import { forgetSignal, recordSignal } from '../../contract/handlers.ts';
import { accountIdAttribute, emailDomainAttribute, recordIdFor, recordWorkflowType } from '../../contract/names/ids.ts';
import type { ConnectorRecord } from '../../contract/schemas/connector-record.ts';
import { mergeRecords } from '../../decisions/connector-record.ts';
import { startApart } from './start-apart.ts';

/** Ends when the domain has been off-boarded. Waits without a timer, so an open run costs nothing. */
export async function rememberConnector(first: ConnectorRecord): Promise<void> {
  let record = first;
  let isForgotten = false;
  setHandler(
    recordSignal,
    (now) => {
      record = mergeRecords(record, now);
      isForgotten = false;
      upsertMemo({ record });
    },
    { description: 'It has been enabled again' },
  );
  setHandler(
    forgetSignal,
    () => {
      isForgotten = true;
    },
    { description: 'Its domain has been off-boarded' },
  );
  await condition(() => isForgotten);
}

/** Between finding the record open and telling it, it can be closed, and opened again. */
const attempts = 3;

/** Opens the domain's record, or brings the open one up to date. Never fails: false when it could not. */
export async function remember(record: ConnectorRecord): Promise<boolean> {
  const { accountId, emailDomain } = record;
  // What has been enabled is remembered even if the run is cancelled meanwhile.
  return await CancellationScope.nonCancellable(async () => {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if ((await open(record)) || (await tell(accountId, emailDomain, { remember: record }))) return true;
    }
    return false;
  });
}

/** Brings the domain's record up to date if one is open; it opens none. */
export async function amendRecord(record: ConnectorRecord): Promise<void> {
  await tell(record.accountId, record.emailDomain, { remember: record });
}

/** Closes the domain's record, if there is one. */
export async function forget(accountId: string, emailDomain: string): Promise<void> {
  await CancellationScope.nonCancellable(async () => await tell(accountId, emailDomain, { remember: null }));
}

/** False when one is open. */
async function open(record: ConnectorRecord): Promise<boolean> {
  const { accountId, emailDomain } = record;
  const opened = await startApart<typeof rememberConnector>(recordWorkflowType, {
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

/** False when none is open. */
async function tell(
  accountId: string,
  emailDomain: string,
  { remember: record }: { remember: ConnectorRecord | null },
): Promise<boolean> {
  const handle = getExternalWorkflowHandle(recordIdFor(accountId, emailDomain));
  try {
    await (record === null ? handle.signal(forgetSignal) : handle.signal(recordSignal, record));
    return true;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return false;
  }
}
