/** What should be: a connector that was brought to `enabled`, or kept for another try, remembered until its domain is off-boarded. */
import { defineSignal } from '@temporalio/workflow';

import type { PublishingZone, TxtRecord } from './old-contract.ts';

/** A run of this type stays open for as long as the domain should be enabled; its memo `record` is the `ConnectorRecord`. */
export const RECORD_WORKFLOW_TYPE = 'rememberConnector';

/** Not that of the story: the server may keep both open. `emailDomain` in normal form. */
export function recordIdFor(accountId: string, emailDomain: string): string {
  return `sso-record/${accountId}/${emailDomain}`;
}

/** Times are ISO 8601. */
export interface ConnectorRecord {
  accountId: string;
  emailDomain: string;
  connectorId: string;
  /** False: nobody confirmed it, so it was disabled again, and connector and value were kept. */
  shouldBeEnabled: boolean;
  /** When a run enabled it, or found it enabled. */
  enabledAt: string;
  /** The value that the connector was verified by; `null`: it was there before us, and nothing is known of one. */
  txt: RecordedTxt | null;
}

export interface RecordedTxt {
  record: TxtRecord;
  /** Where DNS showed the zone; `null`: not looked at. */
  shown: PublishingZone | null;
  /** The first run id of the story that published it, by which some providers mark it. */
  runId: string;
}

/** Enabled again, perhaps in another way: what is known of the value is kept where it is still the same one. */
export const rememberSignal = defineSignal<[ConnectorRecord]>('remember');
/** The domain has been off-boarded. */
export const forgetSignal = defineSignal('forget');
