import { DnsError } from '../wire/dns-error.ts';
import type { DnsSettings } from './settings.ts';
import { isSameName } from '../../domains/dns-name.ts';
import { findOverride } from './name-server-overrides.ts';
import { formatSocketAddress } from '../wire/socket-address.ts';
import type { SocketAddress } from '../wire/socket-address.ts';
import type { Delegation } from '../wire/zone-answer.ts';

/** An authoritative server at one of its addresses. */
export interface AuthoritativeServer {
  /** Its host name, or its address where that is all that is known. */
  name: string;
  address: SocketAddress;
}

/** A name server that cannot be queried, and why. */
interface UnknownServer {
  name: string;
  address: null;
  detail: string;
}

type LocatedServer = AuthoritativeServer | UnknownServer;

/** A name server at each of its addresses: those known from a referral, else those that the resolvers return. */
export async function locateHost(
  { resolvers, authoritativePort: port }: DnsSettings,
  host: string,
  { emailDomain, glue, signal }: { emailDomain: string; glue?: Delegation['glue']; signal: AbortSignal },
): Promise<LocatedServer[]> {
  const unknown = (detail: string): LocatedServer[] => [{ name: host, address: null, detail }];
  const known = glue?.get(host);
  if (known === undefined && isSameName(host, emailDomain)) {
    return unknown('its host name is the e-mail domain, and resolvers must not be queried for that yet');
  }
  try {
    const addresses = known ?? (await resolvers.findAddresses(host, signal));
    if (addresses.length === 0) return unknown('its host name has no address');
    return addresses.map((address) => ({ name: host, address: { address, port } }));
  } catch (error) {
    if (error instanceof DnsError) return unknown(`its host name does not resolve: ${error.message}`);
    throw error;
  }
}

/** Every authoritative server of a zone at each of its addresses, or the servers of `DNS_NAMESERVERS` instead. */
export async function locateZoneServers(
  settings: DnsSettings,
  hosts: readonly string[],
  search: { emailDomain: string; glue?: Delegation['glue']; signal: AbortSignal },
): Promise<LocatedServer[]> {
  const addresses = findOverride(settings.nameServers, search.emailDomain);
  if (addresses !== null) return addresses.map(nameByAddress);
  return (await Promise.all(hosts.map(async (host) => await locateHost(settings, host, search)))).flat();
}

/** A server of which only the address is known. */
export function nameByAddress(address: SocketAddress): AuthoritativeServer {
  return { name: formatSocketAddress(address), address };
}
