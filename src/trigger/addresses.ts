/** The addresses that answers give, as paths. */
import { parseBulkId } from '../contract/names/ids.ts';
import type { AccountDomain } from '../contract/names/ids.ts';

export function addressOfDomain({ accountId, emailDomain }: AccountDomain): string {
  return `/v1/accounts/${accountId}/domains/${encodeURIComponent(emailDomain)}`;
}

/** @param runId the first run of its chain */
export function addressOfRun(domain: AccountDomain, runId: string): string {
  return `${addressOfDomain(domain)}/runs/${runId}`;
}

export function addressOfBulk(accountId: string, workflowId: string): string {
  return `/v1/accounts/${accountId}/bulks/${parseBulkId(workflowId)?.key ?? ''}`;
}
