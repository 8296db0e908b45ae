import type { FailureType } from '../contract/names/failure-types.ts';
import type { RowReport } from '../contract/schemas/bulk.ts';

const again = 'then run the same list again';

/** Only what the failure's own message does not say. */
const advice: Partial<Record<string, string>> = {
  PrerequisitesNotMet: `nothing was changed: fix what the message names, ${again}`,
  ConnectorConflict: `check the domain's connectors in the Cloudflare dashboard, ${again}`,
  ConnectorChanged: `somebody else changed the connector: coordinate with them, ${again}`,
  ApprovalRejected: 'the run was undone; when the reason no longer holds, run the same list again',
  ApprovalExpired: 'the run was undone; find somebody who answers in time, and run the same list again',
  NotConfirmed:
    'the connector was disabled again: test signing in through the identity provider, and run the same list again',
  DeadlinePassed: `the run was undone: "status" shows what it waited for; fix that, ${again}`,
  CloudflareRefused: `the run was undone: "status" shows Cloudflare's answer; fix the cause, ${again}`,
  CloudflareUnauthorized: `check the worker's API token and its permissions, ${again}`,
  DnsProviderUnauthorized: `check the worker's key or credentials for the DNS provider, ${again}`,
} satisfies Partial<Record<FailureType, string>>;

/** What to do about a row that did not end enabled. */
export function adviseOnRow({ outcome, type }: Pick<RowReport, 'outcome' | 'type'>): string {
  if (outcome === 'refused') return `wait until that has ended, or cancel it, ${again}`;
  if (outcome === 'cancelled')
    return 'somebody cancelled the run; run the same list again if the domain is still wanted';
  return advice[type ?? ''] ?? `"status" shows the whole failure; fix its cause, ${again}`;
}
