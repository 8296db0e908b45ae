import type { CacheEstimate, DnsEvidence, PublishingZone } from '../contract/schemas/dns.ts';
import type { Problem } from '../contract/schemas/parse.ts';
import type { RetryTimings } from '../decisions/timings.ts';
import type { Dns } from '../dns/dns.ts';
import { remedyForMissingZone } from '../dns/zone/publishing-zone.ts';
import { perform } from './perform.ts';

type PublishingZoneFinding =
  | { found: true; zone: PublishingZone; caches: CacheEstimate | null }
  | { found: false; problems: Problem[] };

export function createDnsActivities(dns: Dns, retry: RetryTimings) {
  return {
    /** The zone of the e-mail domain's own name, and how long caches can hide a new value; or why nothing can be published there. */
    findPublishingZone: async ({ emailDomain }: { emailDomain: string }): Promise<PublishingZoneFinding> => {
      return await perform(retry, async ({ signal, timeoutMilliseconds: withinMilliseconds }) => {
        const finding = await dns.findPublishingZone({ emailDomain, signal, withinMilliseconds });
        if (finding.kind === 'found') {
          const { zone, caches, problems } = finding;
          return problems.length > 0 ? { found: false, problems } : { found: true, zone, caches };
        }
        const remedy = remedyForMissingZone(emailDomain);
        return { found: false, problems: [{ subject: 'DNS', problem: finding.reason, remedy }] };
      });
    },

    /** What each authoritative server answers for the value now. */
    observeTxt: async (request: { zone: PublishingZone; name: string; value: string }): Promise<DnsEvidence> => {
      return await perform(
        retry,
        async ({ signal, timeoutMilliseconds: withinMilliseconds }) =>
          await dns.observeTxt({ ...request, signal, withinMilliseconds }),
      );
    },
  };
}
