/** What is in the account and its zones, to be compared byte for byte. */
import type { World } from '../../support/onboarding-world.ts';

export interface Found {
  connectors: string;
  records: string;
}

/** @param without a TXT value whose records are left out */
export function look({ simulator: { account } }: World, without: string | null = null): Found {
  const records = account.zones
    .list()
    .map((zone) => [zone.id, zone.records.filter(({ content }) => without === null || content !== `"${without}"`)]);
  return { connectors: JSON.stringify(account.connectors.list()), records: JSON.stringify(records) };
}
