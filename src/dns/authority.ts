import { getPublicSuffix } from 'tldts';

import type { PublishingZone } from '../contract.ts';
import { DnsError } from './dns-error.ts';
import type { DnsSettings } from './dns-settings.ts';
import { isAtOrBelow, isSameName, parentOf } from './domain-names.ts';
import { findOverride } from './name-server-overrides.ts';
import { formatSocketAddress } from './socket-address.ts';
import type { SocketAddress } from './socket-address.ts';
import type { Delegation } from './zone-answer.ts';
import { askAddresses, askDelegation, askNameServers } from './zone-servers.ts';

export interface ZoneRequest {
  /** In normal form. */
  emailDomain: string;
  signal: AbortSignal;
}

export type ZoneSearch = { kind: 'found'; zone: PublishingZone } | { kind: 'not-delegated'; reason: string };

/**
 * Finds the zone that an e-mail domain's records live in, from the top down: resolvers are asked about its public
 * suffix and for the addresses of name servers; about the domain itself, only authoritative servers. `DNS_NAMESERVERS`
 * replaces the way down.
 *
 * @throws {DnsError} when servers that had to answer did not
 * @throws the reason of `signal` once it is aborted
 */
export async function findPublishingZone(settings: DnsSettings, request: ZoneRequest): Promise<ZoneSearch> {
  const { emailDomain } = request;
  const suffix = getPublicSuffix(emailDomain, { allowPrivateDomains: true });
  if (suffix === null || suffix === emailDomain) {
    return notDelegated(`${emailDomain} is a public suffix, so its records are not any one owner's to publish.`);
  }
  const addresses = findOverride(settings.nameServers, emailDomain);
  return addresses === null
    ? await discoverZone(settings, request, suffix)
    : await askForZone(settings, request, suffix, addresses);
}

async function discoverZone(settings: DnsSettings, request: ZoneRequest, suffix: string): Promise<ZoneSearch> {
  const { emailDomain, signal } = request;
  const start = await findStart(settings, suffix, signal);
  if (start === null) {
    return notDelegated(`${emailDomain} is not delegated: resolvers know no domain ${suffix} above it.`);
  }

  let delegation = start;
  let name = emailDomain;
  for (;;) {
    const reading = await askDelegation(settings, delegation, { name, emailDomain, signal });
    if (reading.kind === 'referral') {
      delegation = reading.delegation;
    } else if (reading.kind === 'alias') {
      name = parentOf(name);
    } else if (isAtOrBelow(suffix, reading.zone)) {
      return notDelegated(explainSuffix(emailDomain, reading));
    } else {
      const { zone, server } = reading;
      // A server of the parent that serves this zone too gives no referral, and so no sight of the parent's NS set.
      const nameServers = isSameName(zone, delegation.zone)
        ? delegation.nameServers
        : await askNameServers(settings, server, { zone, signal });
      return { kind: 'found', zone: { apex: zone, nameServers, source: 'discovered' } };
    }
  }
}

/**
 * The servers of the public suffix, or of the zone it stands in: many private suffixes are no zones. `null` when it
 * does not exist.
 */
async function findStart(settings: DnsSettings, suffix: string, signal: AbortSignal): Promise<Delegation | null> {
  for (let zone = suffix; zone !== '.'; zone = parentOf(zone)) {
    const found = await settings.resolvers.findNameServers(zone, signal);
    if (found.kind === 'data') return { zone, nameServers: found.data, glue: new Map() };
    if (found.kind === 'no-such-name') return null;
  }
  return null;
}

async function askForZone(
  settings: DnsSettings,
  { emailDomain, signal }: ZoneRequest,
  suffix: string,
  addresses: SocketAddress[],
): Promise<ZoneSearch> {
  let name = emailDomain;
  for (;;) {
    const reading = await askAddresses(settings, addresses, { name, signal });
    if (reading.kind === 'alias') {
      name = parentOf(name);
    } else if (isAtOrBelow(suffix, reading.zone)) {
      return notDelegated(explainSuffix(emailDomain, reading));
    } else {
      const { zone, server } = reading;
      const nameServers = await askNameServers(settings, server, { zone, signal }).catch((error: unknown) => {
        if (error instanceof DnsError) return addresses.map((address) => formatSocketAddress(address));
        throw error;
      });
      return { kind: 'found', zone: { apex: zone, nameServers, source: 'configured' } };
    }
  }
}

function explainSuffix(emailDomain: string, { zone, exists }: { zone: string; exists: boolean }): string {
  const owner = zone === '.' ? 'the root zone' : `the zone ${zone}, which has many owners,`;
  const why = exists
    ? `it stands in ${owner} and not in a zone of its own`
    : `the servers of ${zone === '.' ? 'the root zone' : zone} know no such name`;
  return `${emailDomain} is not delegated: ${why}.`;
}

function notDelegated(reason: string): ZoneSearch {
  return { kind: 'not-delegated', reason };
}
