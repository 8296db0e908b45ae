import { isIP, isIPv6 } from 'node:net';

/** Where a DNS server listens: an IP address without brackets, and a port from 1 to 65535. */
export interface SocketAddress {
  address: string;
  port: number;
}

/**
 * Reads `ip` or `ip:port`; IPv6 in brackets when a port follows.
 *
 * @throws {Error} that quotes the text
 */
export function parseSocketAddress(text: string, defaultPort: number): SocketAddress {
  const trimmed = text.trim();
  if (isIPv6(trimmed)) return { address: trimmed, port: defaultPort };

  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^[\]:]*))(?::(.*))?$/.exec(trimmed) ?? [];
  const address = bracketed ?? plain ?? '';
  if (bracketed === undefined ? isIP(address) !== 4 : !isIPv6(address)) {
    throw new Error(
      `"${trimmed}" is not an IP address with an optional port, such as 192.0.2.1:53 or [2001:db8::1]:53.`,
    );
  }
  if (portText === undefined) return { address, port: defaultPort };

  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > 65_535) throw new Error(`"${trimmed}" has no port from 1 to 65535 after its colon.`);
  return { address, port };
}

/** `ip:port`, IPv6 in brackets. */
export function formatSocketAddress({ address, port }: SocketAddress): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
