import type { PublishingZone } from '../../contract/schemas/dns.ts';
import { DnsError } from '../wire/dns-error.ts';
import { isSameName, toCanonicalName } from '../../domains/dns-name.ts';
import { queryResolver } from '../resolve/resolver-client.ts';
import { listSystemResolvers } from '../resolve/resolvers.ts';
import { formatSocketAddress } from '../wire/socket-address.ts';

/**
 * The machine's own resolvers that have another zone of this name than the one that was discovered, a sentence each. Where
 * `DNS_NAMESERVERS` replaced discovery, there is nothing to compare with.
 *
 * @throws the reason of `signal` once it is aborted
 */
export async function findSplitHorizon(
  { apex, nameServers, source }: PublishingZone,
  { timeoutMilliseconds, signal }: { timeoutMilliseconds: number; signal: AbortSignal },
): Promise<string[]> {
  if (source === 'configured') return [];
  const findings = listSystemResolvers().map(async (resolver): Promise<string[]> => {
    try {
      const answer = await queryResolver({
        resolver,
        name: apex,
        type: 'NS',
        timeoutMilliseconds,
        signal,
        run: async (client) => await client.resolveNs(apex),
      });
      if (answer.kind !== 'data') return [];
      const inside = answer.data.map((host) => toCanonicalName(host)).toSorted();
      // A parent and its zone may differ in one of several servers, and still be the same zone.
      if (inside.some((host) => nameServers.some((other) => isSameName(host, other)))) return [];
      return [
        `split horizon: the machine's own resolver ${formatSocketAddress(resolver)} has ${apex} on ${inside.join(', ')}, ` +
          `the public DNS on ${nameServers.join(', ')}; Cloudflare sees the public one`,
      ];
    } catch (error) {
      if (error instanceof DnsError) return [];
      throw error;
    }
  });
  return (await Promise.all(findings)).flat();
}
