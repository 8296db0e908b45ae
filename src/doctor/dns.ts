/** Queries DNS as a run would, and checks whether it can be reached at all. Reads only. */
import type { DnsServersConfig } from '../config/dns-servers.ts';
import type { PublishingZone } from '../contract/schemas/dns.ts';
import { locateZoneServers, nameByAddress } from '../dns/resolve/authoritative-servers.ts';
import type { AuthoritativeServer } from '../dns/resolve/authoritative-servers.ts';
import type { Dns } from '../dns/dns.ts';
import { findOverride } from '../dns/resolve/name-server-overrides.ts';
import { listSystemResolvers, publicResolvers } from '../dns/resolve/resolvers.ts';
import { formatSocketAddress } from '../dns/wire/socket-address.ts';
import { settle, skipped } from './check.ts';
import type { Check, Limits } from './check.ts';
import { judgeFallback, judgeReach, judgeZone, reachCheck, zoneCheck } from './judge-dns.ts';
import type { Probed } from './judge-dns.ts';
import { probe, transports } from './probe.ts';
import type { Transport } from './probe.ts';

/** Every resolver knows the root. Never the e-mail domain, whose absence they would cache. */
const root = { name: '.', type: 'NS', role: 'unchecked' } as const;

/** @param lookUps `null`: it cannot be read */
export async function examineResolvers(lookUps: DnsServersConfig | null, limits: Limits): Promise<Check[]> {
  if (lookUps === null) return transports.map((transport) => skipReach('resolvers', transport, unreadable));
  const { resolvers } = lookUps;
  const preferred = (resolvers === 'default' ? publicResolvers : resolvers).map(nameByAddress);
  return await Promise.all(
    transports.map(async (transport) => {
      const probed = await probeAll(preferred, transport, root, limits);
      if (resolvers !== 'default' || probed.some(({ answer }) => answer.ok)) {
        return judgeReach('resolvers', transport, probed);
      }
      const own = listSystemResolvers().map(nameByAddress);
      return judgeFallback(transport, probed, await probeAll(own, transport, root, limits));
    }),
  );
}

/**
 * @param asked `dns: null`, `lookUps: null`: the variables cannot be used
 * @returns `zone: null`: it was not found
 */
export async function examineZone(
  { dns, lookUps, emailDomain }: { dns: Dns | null; lookUps: DnsServersConfig | null; emailDomain: string },
  limits: Limits,
): Promise<{ checks: Check[]; zone: PublishingZone | null }> {
  if (dns === null || lookUps === null) {
    const reach = transports.map((transport) => skipReach('name servers', transport, unreadable));
    return { checks: [skipped(zoneCheck(emailDomain), unreadable), ...reach], zone: null };
  }
  const search = await settle(
    limits,
    async ({ signal, timeoutMilliseconds: withinMilliseconds }) =>
      await dns.findPublishingZone({ emailDomain, signal, withinMilliseconds }),
  );
  const zone = search.ok && search.value.kind === 'found' ? search.value.zone : null;
  const servers = await locate(dns, lookUps, { emailDomain, zone }, limits);
  const reach = transports.map(async (transport) => {
    if (servers.length === 0) return skipReach('name servers', transport, 'their addresses are not known');
    const question = { name: zone?.apex ?? emailDomain, type: 'SOA', role: 'authority' } as const;
    return judgeReach('name servers', transport, await probeAll(servers, transport, question, limits));
  });
  return { checks: [...judgeZone(emailDomain, search), ...(await Promise.all(reach))], zone };
}

const unreadable = 'DNS_NAMESERVERS or DNS_RESOLVERS cannot be used';

/** Those of `DNS_NAMESERVERS` even where no zone was found: that they cannot be reached may be why. */
async function locate(
  dns: Dns,
  { nameServers }: DnsServersConfig,
  { emailDomain, zone }: { emailDomain: string; zone: PublishingZone | null },
  limits: Limits,
): Promise<AuthoritativeServer[]> {
  if (zone === null) return (findOverride(nameServers, emailDomain) ?? []).map(nameByAddress);
  const located = await settle(limits, async ({ signal, timeoutMilliseconds }) => {
    const settings = dns.settingsWithin(timeoutMilliseconds);
    return await locateZoneServers(settings, zone.nameServers, { emailDomain, signal });
  });
  if (!located.ok) return [];
  return located.value.flatMap(({ name, address }) => (address === null ? [] : [{ name, address }]));
}

async function probeAll(
  servers: readonly AuthoritativeServer[],
  transport: Transport,
  question: Omit<Parameters<typeof probe>[2], 'stop'>,
  limits: Limits,
): Promise<Probed[]> {
  return await Promise.all(
    servers.map(async ({ name, address }) => {
      const where = formatSocketAddress(address);
      return {
        server: name === where ? where : `${name} (${where})`,
        answer: await settle(
          limits,
          async ({ signal }) => await probe(address, transport, { ...question, stop: signal }),
        ),
      };
    }),
  );
}

function skipReach(servers: 'resolvers' | 'name servers', transport: Transport, why: string): Check {
  return skipped(reachCheck(servers, transport), why);
}
