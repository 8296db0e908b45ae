import { getPublicSuffix } from 'tldts';

import type { PublishingZone } from '../../contract/schemas/dns.ts';
import { locateZoneServers } from '../resolve/authoritative-servers.ts';
import type { AuthoritativeServer } from '../resolve/authoritative-servers.ts';
import { DnsError } from '../wire/dns-error.ts';
import type { DnsSettings } from '../resolve/settings.ts';
import { isAtOrBelow, isSameName, parentOf } from '../../domains/dns-name.ts';
import { inspectName } from './inspect-name.ts';
import type { NameInspection } from './inspect-name.ts';
import { findOverride } from '../resolve/name-server-overrides.ts';
import { formatSocketAddress } from '../wire/socket-address.ts';
import type { SocketAddress } from '../wire/socket-address.ts';
import type { Delegation } from '../wire/zone-answer.ts';
import { queryAddresses, queryDelegation, queryNameServers } from './zone-servers.ts';

export interface ZoneRequest {
  /** In normal form. */
  emailDomain: string;
  signal: AbortSignal;
}

type NotDelegated = { kind: 'not-delegated'; reason: string };

/** The zone, and what its servers answer about the domain's own name. */
export type ZoneSearchResult = ({ kind: 'found'; zone: PublishingZone } & NameInspection) | NotDelegated;

/** `server`: the one that answered for the zone. `glue`: addresses of its servers by canonical host name. */
type LocatedZone =
  | { kind: 'located'; zone: PublishingZone; server: AuthoritativeServer; glue: Delegation['glue'] }
  | NotDelegated;

/**
 * Finds the zone that contains an e-mail domain's records, from the top down: resolvers are queried for its public suffix and
 * for the addresses of name servers, but only authoritative servers for the domain itself. `DNS_NAMESERVERS` replaces the
 * search. Then asks the zone's servers whether a TXT value can be published at the domain.
 *
 * @throws {DnsError} when servers that had to answer did not
 * @throws the reason of `signal` once it is aborted
 */
export async function findPublishingZone(settings: DnsSettings, request: ZoneRequest): Promise<ZoneSearchResult> {
  const { emailDomain } = request;
  const suffix = getPublicSuffix(emailDomain, { allowPrivateDomains: true });
  if (suffix === null || suffix === emailDomain) {
    return notDelegated(`${emailDomain} is a public suffix, and its records do not belong to one owner.`);
  }
  const addresses = findOverride(settings.nameServers, emailDomain);
  const located =
    addresses === null
      ? await discoverZone(settings, request, suffix)
      : await findConfiguredZone(settings, request, suffix, addresses);
  if (located.kind === 'not-delegated') return located;
  const { zone } = located;
  return { kind: 'found', zone, ...(await inspectDomain(settings, request, located)) };
}

/** At every server of the zone. The one that answered is known even where no resolver has its address. */
async function inspectDomain(
  settings: DnsSettings,
  { emailDomain, signal }: ZoneRequest,
  { zone, server, glue }: Extract<LocatedZone, { kind: 'located' }>,
): Promise<NameInspection> {
  const { apex, nameServers } = zone;
  const known = await locateZoneServers(settings, nameServers, { emailDomain, glue, signal });
  const others = known.flatMap(({ name, address }) =>
    address === null || formatSocketAddress(address) === formatSocketAddress(server.address) ? [] : [{ name, address }],
  );
  return await inspectName(settings, { apex, name: emailDomain, servers: [server, ...others], signal });
}

async function discoverZone(settings: DnsSettings, request: ZoneRequest, suffix: string): Promise<LocatedZone> {
  const { emailDomain, signal } = request;
  const start = await findStart(settings, suffix, signal);
  if (start === null) {
    return notDelegated(`${emailDomain} is not delegated: resolvers know no domain ${suffix} above it.`);
  }

  let delegation = start;
  let name = emailDomain;
  for (;;) {
    const reading = await queryDelegation(settings, delegation, { name, emailDomain, signal }).catch(
      (error: unknown) => {
        throw delegation !== start && error instanceof DnsError ? explainLapse(error, delegation) : error;
      },
    );
    if (reading.kind === 'referral') {
      delegation = reading.delegation;
    } else if (reading.kind === 'alias') {
      name = parentOf(name);
    } else if (isAtOrBelow(suffix, reading.zone)) {
      return notDelegated(explainSuffix(emailDomain, reading));
    } else {
      const { zone, server } = reading;
      // A server that serves both the parent and this zone gives no referral, so the parent's NS set stays unknown.
      const nameServers = isSameName(zone, delegation.zone)
        ? delegation.nameServers
        : await queryNameServers(settings, server, { zone, signal });
      return {
        kind: 'located',
        zone: { apex: zone, nameServers, source: 'discovered' },
        server,
        glue: delegation.glue,
      };
    }
  }
}

/**
 * The servers of the public suffix, or of the zone that contains it: many private suffixes are not zones. `null`: it does
 * not exist.
 */
async function findStart(settings: DnsSettings, suffix: string, signal: AbortSignal): Promise<Delegation | null> {
  for (let zone = suffix; zone !== '.'; zone = parentOf(zone)) {
    const found = await settings.resolvers.findNameServers(zone, signal);
    if (found.kind === 'data') return { zone, nameServers: found.data, glue: new Map() };
    if (found.kind === 'no-such-name') return null;
  }
  return null;
}

async function findConfiguredZone(
  settings: DnsSettings,
  { emailDomain, signal }: ZoneRequest,
  suffix: string,
  addresses: SocketAddress[],
): Promise<LocatedZone> {
  let name = emailDomain;
  for (;;) {
    const reading = await queryAddresses(settings, addresses, { name, signal });
    if (reading.kind === 'alias') {
      name = parentOf(name);
    } else if (isAtOrBelow(suffix, reading.zone)) {
      return notDelegated(explainSuffix(emailDomain, reading));
    } else {
      const { zone, server } = reading;
      const nameServers = await queryNameServers(settings, server, { zone, signal }).catch((error: unknown) => {
        if (error instanceof DnsError) return addresses.map((address) => formatSocketAddress(address));
        throw error;
      });
      return { kind: 'located', zone: { apex: zone, nameServers, source: 'configured' }, server, glue: new Map() };
    }
  }
}

function explainSuffix(emailDomain: string, { zone, exists }: { zone: string; exists: boolean }): string {
  const owner = zone === '.' ? 'the root zone' : `the zone ${zone}, which has many owners,`;
  const why = exists
    ? `it is in ${owner} and has no zone of its own`
    : `the servers of ${zone === '.' ? 'the root zone' : zone} know no such name, so it is not registered, has expired or is on hold`;
  return `${emailDomain} is not delegated: ${why}.`;
}

function explainLapse({ kind, question, detail, cause }: DnsError, { zone, nameServers }: Delegation): DnsError {
  const lapse = `${zone} is delegated to ${nameServers.join(', ')}, and none of them answers for it (has the DNS hosting lapsed?)`;
  return new DnsError(kind, question, `${detail}; ${lapse}`, { cause });
}

function notDelegated(reason: string): NotDelegated {
  return { kind: 'not-delegated', reason };
}

/** What to do where the zone of an e-mail domain was not found: not delegated, or none of its servers answers. */
export function remedyForMissingZone(emailDomain: string): string {
  return (
    `correct its spelling, or register ${emailDomain} and delegate it to name servers that answer for it; ` +
    'where public DNS cannot be seen from here, set DNS_RESOLVERS or DNS_NAMESERVERS'
  );
}
