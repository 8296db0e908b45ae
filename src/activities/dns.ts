import type { Pace } from '../contract/old-contract.ts';
import type { CacheOutlook, DnsEvidence, PublishingZone } from '../contract/schemas/dns.ts';
import type { Problem } from '../contract/schemas/parse.ts';
import type { Dns } from '../dns/dns.ts';
import { remedyForMissingZone } from '../dns/zone/publishing-zone.ts';
import { perform } from './perform.ts';

export type PublishingZoneFinding =
  | { found: true; zone: PublishingZone; caches: CacheOutlook | null }
  | { found: false; problems: Problem[] };

export interface DnsActivities {
  /** The zone in which the e-mail domain's own name lives, and how long caches can hide a new value; or what speaks against publishing there. */
  findPublishingZone: (request: { emailDomain: string; pace: Pace }) => Promise<PublishingZoneFinding>;
  /** What each authoritative server says of the value now. */
  observeTxt: (request: { zone: PublishingZone; name: string; value: string; pace: Pace }) => Promise<DnsEvidence>;
}

export function createDnsActivities(dns: Dns): DnsActivities {
  return {
    async findPublishingZone({ emailDomain, pace }) {
      return await perform(pace, async ({ signal, timeoutMilliseconds: withinMilliseconds }) => {
        const finding = await dns.findPublishingZone({ emailDomain, signal, withinMilliseconds });
        if (finding.kind === 'found') {
          const { zone, caches, problems } = finding;
          return problems.length > 0 ? { found: false, problems } : { found: true, zone, caches };
        }
        const remedy = remedyForMissingZone(emailDomain);
        return { found: false, problems: [{ subject: 'DNS', problem: finding.reason, remedy }] };
      });
    },

    async observeTxt({ zone, name, value, pace }) {
      return await perform(
        pace,
        async ({ signal, timeoutMilliseconds: withinMilliseconds }) =>
          await dns.observeTxt({ zone, name, value, signal, withinMilliseconds }),
      );
    },
  };
}
