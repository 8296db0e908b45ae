import type { FailureType } from '../contract/names/failure-types.ts';
import type { RowReport } from '../contract/schemas/bulk.ts';

const again = 'then run the same list again';

/** Only what the failure's own message does not say. */
const advice: Partial<Record<FailureType, string>> = {
  PrerequisitesNotMet: `nothing was changed: mend what it names, ${again}`,
  ConnectorConflict: `look at the domain's connectors in the Cloudflare dashboard, ${again}`,
  ConnectorChanged: `somebody else changes the connector: agree with them, ${again}`,
  ApprovalRejected: 'it was taken back; when the reason no longer holds, run the same list again',
  ApprovalExpired: 'it was taken back; find somebody who answers in time, and run the same list again',
  NotConfirmed: 'it was disabled again: test the log-in of the identity provider, and run the same list again',
  DeadlinePassed: `it was taken back: "status" shows what it waited for; see to that, ${again}`,
  CloudflareRefused: `it was taken back: "status" has what Cloudflare said; mend it, ${again}`,
  CloudflareUnauthorized: `check the worker's API token and its permissions, ${again}`,
  DnsProviderUnauthorized: `check the worker's key or credentials for the DNS provider, ${again}`,
};

const readable: Record<string, string | undefined> = advice;

/** What to do about a row that did not end enabled. */
export function adviseOnRow({ outcome, type }: Pick<RowReport, 'outcome' | 'type'>): string {
  if (outcome === 'refused') return `wait until that has ended, or cancel it, ${again}`;
  if (outcome === 'cancelled') return 'somebody cancelled it; run the same list again if it is wanted after all';
  return readable[type ?? ''] ?? `"status" shows all of it; see to that, ${again}`;
}
