import type { PublishingZone } from '../../contract/schemas/dns.ts';
import { DnsError } from '../wire/dns-error.ts';
import { isSameName } from '../../domains/dns-name.ts';
import { listSystemResolvers, queryResolver } from '../resolve/resolvers.ts';
import { formatSocketAddress } from '../wire/socket-address.ts';
import { readNameServers } from '../wire/zone-answer.ts';

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
      const question = { server: resolver, role: 'recursive', name: apex, type: 'NS' } as const;
      const inside = readNameServers(await queryResolver({ ...question, timeoutMilliseconds, signal }), apex);
      if (inside.length === 0) return [];
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
