import type { ConnectorRecord } from '../contract/schemas/connector-record.ts';

/**
 * The record after another run for the same domain. That one found the value there, or needed none, where an earlier
 * one published it: who published it, and how, is then still what the earlier one knew.
 */
export function mergeRecords(before: ConnectorRecord, now: ConnectorRecord): ConnectorRecord {
  const isSame = before.connectorId === now.connectorId;
  const isOlderTxtBetter = now.txt === null || now.txt.record.preexisting;
  return isSame && isOlderTxtBetter ? { ...now, txt: before.txt ?? now.txt } : now;
}
