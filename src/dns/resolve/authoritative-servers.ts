import { DnsError } from '../wire/dns-error.ts';
import type { DnsSettings } from './settings.ts';
import { isSameName } from '../../domains/dns-name.ts';
import { findOverride } from './name-server-overrides.ts';
import type { Resolvers } from './resolvers.ts';
import { formatSocketAddress } from '../wire/socket-address.ts';
import type { SocketAddress } from '../wire/socket-address.ts';

/** An authoritative server at one of its addresses. */
export interface AuthoritativeServer {
  /** Its host name, or its address where that is all that is known. */
  name: string;
  address: SocketAddress;
}

/** A name server that cannot be queried, and why. */
export interface UnknownServer {
  name: string;
  address: null;
  detail: string;
}

/** The addresses of a host name, or why there are none. */
export type HostLookup = { ok: true; servers: AuthoritativeServer[] } | { ok: false; detail: string };

/** Finds every address of a name server: those known from a referral, else those that the resolvers return. */
export async function locateHost(request: {
  host: string;
  port: number;
  emailDomain: string;
  known?: readonly string[] | undefined;
  resolvers: Resolvers;
  signal: AbortSignal;
}): Promise<HostLookup> {
  const { host, port, emailDomain, known, resolvers, signal } = request;
  if (known === undefined && isSameName(host, emailDomain)) {
    return { ok: false, detail: 'its host name is the e-mail domain, and resolvers must not be queried for that yet' };
  }
  try {
    const addresses = known ?? (await resolvers.findAddresses(host, signal));
    if (addresses.length === 0) return { ok: false, detail: 'its host name has no address' };
    return { ok: true, servers: addresses.map((address) => ({ name: host, address: { address, port } })) };
  } catch (error) {
    if (error instanceof DnsError) return { ok: false, detail: `its host name does not resolve: ${error.message}` };
    throw error;
  }
}

/** Every authoritative server of a zone at each of its addresses, or the servers of `DNS_NAMESERVERS` instead. */
export async function locateZoneServers(
  { nameServers, resolvers, authoritativePort: port }: DnsSettings,
  request: {
    nameServers: readonly string[];
    emailDomain: string;
    /** Addresses known from a referral, by canonical host name. */
    glue?: ReadonlyMap<string, readonly string[]> | undefined;
    signal: AbortSignal;
  },
): Promise<(AuthoritativeServer | UnknownServer)[]> {
  const { emailDomain, glue, signal } = request;
  const addresses = findOverride(nameServers, emailDomain);
  if (addresses !== null) return addresses.map((address) => ({ name: formatSocketAddress(address), address }));

  const lookups = request.nameServers.map(async (host): Promise<(AuthoritativeServer | UnknownServer)[]> => {
    const located = await locateHost({ host, port, emailDomain, known: glue?.get(host), resolvers, signal });
    return located.ok ? located.servers : [{ name: host, address: null, detail: located.detail }];
  });
  return (await Promise.all(lookups)).flat();
}
