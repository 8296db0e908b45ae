import type { ConnectorRecord } from '../contract/schemas/connector-record.ts';

/**
 * The record after a later run for the same domain. A later run that found the value, or needed none, does not know who
 * published it and how, so what the earlier run recorded is kept.
 */
export function mergeRecords(before: ConnectorRecord, now: ConnectorRecord): ConnectorRecord {
  const isSameConnector = before.connectorId === now.connectorId;
  const keepsEarlierTxt = now.txt === null || now.txt.record.preexisting;
  return isSameConnector && keepsEarlierTxt ? { ...now, txt: before.txt ?? now.txt } : now;
}
