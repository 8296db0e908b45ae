import type { PublishingZone } from '../../../contract/schemas/dns.ts';
import { locateZoneServers } from '../../resolve/authoritative-servers.ts';
import { firstUsable } from '../../wire/deadline.ts';
import { DnsError } from '../../wire/dns-error.ts';
import type { DnsSettings } from '../../resolve/settings.ts';
import { isSameName, toCanonicalName } from '../../../domains/dns-name.ts';
import { ProviderError } from '../../publishing/provider-error.ts';
import { formatSocketAddress } from '../../wire/socket-address.ts';
import type { SocketAddress } from '../../wire/socket-address.ts';
import { findFault, recordsOf } from '../../wire/txt-answer.ts';
import { queryServer } from '../../wire/client.ts';

export interface PrimaryRequest {
  zone: PublishingZone;
  /** In normal form: resolvers are not queried for it. */
  emailDomain: string;
  signal: AbortSignal;
}

const setServer = 'set RFC2136_SERVER to the address of the primary';

/**
 * The server that accepts a zone's updates (RFC 2136 §4.3): the one that the SOA on the zone's own servers names, at the first
 * of its addresses that answers authoritatively.
 *
 * @throws {DnsError} when servers that had to answer did not
 * @throws {ProviderError} `refused` when the SOA names no server that answers for the zone
 * @throws the reason of `signal` once it is aborted
 */
export async function findPrimary(settings: DnsSettings, request: PrimaryRequest): Promise<SocketAddress> {
  const { zone, emailDomain, signal } = request;
  const { apex } = zone;
  const known = await locateZoneServers(settings, zone.nameServers, { emailDomain, signal });
  const servers = known.flatMap(({ address }) => (address === null ? [] : [address]));
  const { primary } = await querySoa(settings, servers, request, `the servers of ${apex}`);

  if (isSameName(primary, emailDomain)) {
    throw unusable(apex, primary, ', which is the e-mail domain, and resolvers must not be queried for that yet');
  }
  const addresses = primary === '.' ? [] : await settings.resolvers.findAddresses(primary, signal);
  if (addresses.length === 0) throw unusable(apex, primary, ', which has no address');

  const hosts = addresses.map((address) => ({ address, port: settings.authoritativePort }));
  try {
    return (await querySoa(settings, hosts, request, `the primary ${primary}`)).server;
  } catch (error) {
    // All of them answered, and none for this zone: a retry changes nothing.
    if (error instanceof DnsError && error.kind === 'lame') throw unusable(apex, primary, `: ${error.detail}`, error);
    throw error;
  }
}

/** The first of the servers to answer with an authoritative SOA, and the primary that it names. */
async function querySoa(
  { timeoutMilliseconds }: DnsSettings,
  servers: readonly SocketAddress[],
  { zone: { apex }, signal }: PrimaryRequest,
  who: string,
): Promise<{ server: SocketAddress; primary: string }> {
  const attempts = servers.map((server) => async (stop: AbortSignal) => {
    const answer = await queryServer({ server, name: apex, type: 'SOA', timeoutMilliseconds, signal: stop });
    const fault = findFault(answer, { name: apex, apex });
    const soa = recordsOf(answer, apex).find(({ type }) => type === 'SOA');
    if (fault === null && soa?.type === 'SOA') return { server, primary: toCanonicalName(soa.data.mname) };
    const kind = answer.rcode === 'SERVFAIL' ? 'rcode' : 'lame';
    throw new DnsError(kind, formatSocketAddress(server), fault ?? 'answered without the SOA of the zone');
  });
  return await firstUsable(signal, attempts, `${apex} SOA at ${who}`);
}

function unusable(apex: string, primary: string, why: string, cause?: unknown): ProviderError {
  return new ProviderError('refused', `the SOA of ${apex} names the primary "${primary}"${why}`, setServer, {
    cause,
  });
}
