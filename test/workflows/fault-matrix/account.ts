/** What is in the account and its zones, as text to compare. */
import type { World } from '../../support/onboarding-world.ts';

export interface AccountText {
  connectors: string;
  records: string;
}

/** @param without a TXT value whose records are left out */
export function readAccount({ simulator: { account } }: World, without: string | null = null): AccountText {
  const records = account.zones
    .list()
    .map((zone) => [zone.id, zone.records.filter(({ content }) => without === null || content !== `"${without}"`)]);
  return { connectors: JSON.stringify(account.connectors.list()), records: JSON.stringify(records) };
}
