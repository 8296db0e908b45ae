import { isAtOrBelow, toCanonicalName } from '../../domains/dns-name.ts';
import { parseSocketAddress } from '../wire/socket-address.ts';
import type { SocketAddress } from '../wire/socket-address.ts';

const dnsPort = 53;

/**
 * Which authoritative servers to query instead of discovering them: for no domain, for all, or for those in the zones listed.
 */
export type NameServerOverrides =
  | { kind: 'none' }
  | { kind: 'all'; servers: SocketAddress[] }
  | { kind: 'by-zone'; zones: { zone: string; servers: SocketAddress[] }[] };

/**
 * Reads `ip[:port],…` or `zone=ip[:port],…;zone=…`; an empty text overrides nothing.
 *
 * @throws {Error} that names the part that is wrong
 */
export function parseNameServerOverrides(text: string): NameServerOverrides {
  if (text.trim() === '') return { kind: 'none' };
  if (!text.includes('=')) return { kind: 'all', servers: parseServers(text) };

  const zones = text.split(';').map((part) => parseZone(part));
  for (const [index, { zone }] of zones.entries()) {
    if (zones.findIndex((other) => other.zone === zone) !== index) {
      throw new Error(`The zone "${zone}" is listed twice.`);
    }
  }
  return { kind: 'by-zone', zones };
}

/** The servers to query for this domain: those of the longest matching zone. `null`: they are discovered. */
export function findOverride(overrides: NameServerOverrides, emailDomain: string): SocketAddress[] | null {
  if (overrides.kind === 'none') return null;
  if (overrides.kind === 'all') return overrides.servers;
  const [longest] = overrides.zones
    .filter(({ zone }) => isAtOrBelow(emailDomain, zone))
    .toSorted((one, other) => other.zone.length - one.zone.length);
  return longest?.servers ?? null;
}

function parseZone(part: string): { zone: string; servers: SocketAddress[] } {
  const [zoneText = '', serversText, ...rest] = part.split('=');
  if (serversText === undefined || rest.length > 0) {
    throw new Error(`"${part.trim()}" is not of the form zone=ip[:port],… (parts are separated by semicolons).`);
  }
  const zone = toCanonicalName(zoneText.trim());
  if (!/^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/.test(zone)) {
    throw new Error(`"${zoneText.trim()}" in "${part.trim()}" is not the name of a zone.`);
  }
  return { zone, servers: parseServers(serversText) };
}

/**
 * Reads `ip[:port],…`.
 *
 * @throws {Error} that names the part that is wrong
 */
export function parseServers(text: string): SocketAddress[] {
  return text.split(',').map((server) => {
    if (server.trim() === '') throw new Error(`"${text.trim()}" has an empty place where an IP address belongs.`);
    return parseSocketAddress(server, dnsPort);
  });
}
