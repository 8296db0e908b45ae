import type { PublishingZone, ServerEvidence } from '../../contract/schemas/dns.ts';
import { locateZoneServers } from '../resolve/authoritative-servers.ts';
import { DnsError } from '../wire/dns-error.ts';
import type { DnsSettings } from '../resolve/settings.ts';
import { formatSocketAddress } from '../wire/socket-address.ts';
import type { SocketAddress } from '../wire/socket-address.ts';
import { readTxtAnswer, recordsOf } from '../wire/txt-answer.ts';
import type { TxtReading } from '../wire/txt-answer.ts';
import { queryServer } from '../wire/client.ts';

export interface TxtQuestion {
  zone: PublishingZone;
  /** The e-mail domain in normal form: the owner name of the values, which also selects the override in DNS_NAMESERVERS. */
  name: string;
  signal: AbortSignal;
}

/** The answers of one authoritative server at one address. */
export interface ServerObservation extends Pick<ServerEvidence, 'name' | 'address' | 'milliseconds' | 'serial'> {
  /** 4 or 6; `null` without an address. */
  family: 4 | 6 | null;
  reading: TxtReading;
}

/**
 * Queries every authoritative server of the zone, at each of its addresses, for the name's TXT values. A server that does not
 * answer is an observation, not an error.
 *
 * @throws the reason of `signal` once it is aborted
 */
export async function observeServers(settings: DnsSettings, asked: TxtQuestion): Promise<ServerObservation[]> {
  const { zone, name, signal } = asked;
  const servers = await locateZoneServers(settings, zone.nameServers, { emailDomain: name, signal });
  return await Promise.all(
    servers.map(async (server): Promise<ServerObservation> => {
      if (server.address === null) {
        const reading = { kind: 'silent' as const, detail: server.detail };
        return { name: server.name, address: '', family: null, milliseconds: null, serial: null, reading };
      }
      const [txt, serial] = await Promise.all([
        readTxt(settings, asked, server.address),
        readSerial(settings, asked, server.address),
      ]);
      const address = formatSocketAddress(server.address);
      return { name: server.name, address, family: server.address.address.includes(':') ? 6 : 4, ...txt, serial };
    }),
  );
}

async function readTxt(
  { timeoutMilliseconds }: DnsSettings,
  { zone, name, signal }: TxtQuestion,
  server: SocketAddress,
): Promise<Pick<ServerObservation, 'reading' | 'milliseconds'>> {
  const started = performance.now();
  const elapsed = (): number => Math.round(performance.now() - started);
  try {
    const answer = await queryServer({ server, name, type: 'TXT', timeoutMilliseconds, signal });
    return { reading: readTxtAnswer(answer, { name, apex: zone.apex }), milliseconds: elapsed() };
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    const { kind, detail } = error;
    // It answered, so it can be reached; but not as a server of the zone.
    if (kind === 'malformed') return { reading: { kind: 'lame', detail }, milliseconds: elapsed() };
    return { reading: { kind: 'silent', detail }, milliseconds: null };
  }
}

async function readSerial(
  { timeoutMilliseconds }: DnsSettings,
  { zone, signal }: TxtQuestion,
  server: SocketAddress,
): Promise<number | null> {
  try {
    const answer = await queryServer({ server, name: zone.apex, type: 'SOA', timeoutMilliseconds, signal });
    const [soa] = answer.aa ? recordsOf(answer, zone.apex).filter((record) => record.type === 'SOA') : [];
    return soa?.data.serial ?? null;
  } catch (error) {
    if (error instanceof DnsError) return null;
    throw error;
  }
}
