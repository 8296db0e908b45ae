import { labelServer } from '../../messages/problems.ts';
import { locateHost, nameByAddress } from '../resolve/authoritative-servers.ts';
import type { AuthoritativeServer } from '../resolve/authoritative-servers.ts';
import { firstToSucceed, firstUsable } from '../wire/deadline.ts';
import { DnsError } from '../wire/dns-error.ts';
import type { DnsSettings } from '../resolve/settings.ts';
import { formatSocketAddress } from '../wire/socket-address.ts';
import type { SocketAddress } from '../wire/socket-address.ts';
import { queryServer } from '../wire/client.ts';
import { readNameServers, readZoneAnswer } from '../wire/zone-answer.ts';
import type { Delegation, ZoneReading } from '../wire/zone-answer.ts';

/** The answer of one of a zone's servers, and which one. */
type ServerReading = Exclude<ZoneReading, { kind: 'unusable' }> & { server: AuthoritativeServer };

interface SoaQuestion {
  name: string;
  signal: AbortSignal;
}

/**
 * Queries all servers of a delegation at once for the SOA of a name. The first usable answer counts.
 *
 * @throws {DnsError} that gives the reason for each server, when no answer is usable
 */
export async function queryDelegation(
  settings: DnsSettings,
  delegation: Delegation,
  asked: SoaQuestion & { emailDomain: string },
): Promise<ServerReading> {
  const { zone, nameServers, glue } = delegation;
  const { name, emailDomain } = asked;
  const attempts = nameServers.map((host) => async (stop: AbortSignal) => {
    const located = await locateHost(settings, host, { emailDomain, glue, signal: stop });
    const addresses = located.map((server) => async (inner: AbortSignal) => {
      if (server.address === null) throw new DnsError('unreachable', host, server.detail);
      return await readSoa(settings, server, { name, zone, signal: inner });
    });
    return await firstToSucceed(stop, addresses);
  });
  return await firstUsable(asked.signal, attempts, `${name} SOA at the servers of ${zone}`);
}

/**
 * Queries servers at known addresses for the SOA of a name. They have to answer from their own data, so a referral is not
 * usable.
 *
 * @throws {DnsError} that gives the reason for each server, when no answer is usable
 */
export async function queryAddresses(
  settings: DnsSettings,
  addresses: readonly SocketAddress[],
  asked: SoaQuestion,
): Promise<Exclude<ServerReading, { kind: 'referral' }>> {
  const attempts = addresses.map((address) => async (stop: AbortSignal) => {
    const server = nameByAddress(address);
    const reading = await readSoa(settings, server, { ...asked, zone: '.', signal: stop });
    if (reading.kind !== 'referral') return reading;
    throw new DnsError('lame', describeServer(server), `only refers to the servers of ${reading.delegation.zone}`);
  });
  return await firstUsable(asked.signal, attempts, `${asked.name} SOA at the configured servers`);
}

/**
 * The NS records of a zone on one of its servers.
 *
 * @throws {DnsError} when it has none
 */
export async function queryNameServers(
  settings: DnsSettings,
  server: AuthoritativeServer,
  { zone, signal }: { zone: string; signal: AbortSignal },
): Promise<string[]> {
  const { timeoutMilliseconds } = settings;
  const answer = await queryServer({ server: server.address, name: zone, type: 'NS', timeoutMilliseconds, signal });
  const nameServers = answer.aa ? readNameServers(answer, zone) : [];
  if (nameServers.length > 0) return nameServers;
  throw new DnsError(
    'lame',
    `${zone} NS at ${describeServer(server)}`,
    'answered without the name servers of the zone',
  );
}

async function readSoa(
  settings: DnsSettings,
  server: AuthoritativeServer,
  { name, zone, signal }: SoaQuestion & { zone: string },
): Promise<ServerReading> {
  const { timeoutMilliseconds } = settings;
  try {
    const answer = await queryServer({ server: server.address, name, type: 'SOA', timeoutMilliseconds, signal });
    const reading = readZoneAnswer(answer, { name, zone });
    if (reading.kind !== 'unusable') return { ...reading, server };
    throw new DnsError(reading.error, describeServer(server), reading.detail);
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    throw new DnsError(error.kind, describeServer(server), error.detail, { cause: error });
  }
}

function describeServer({ name, address }: AuthoritativeServer): string {
  return labelServer({ name, address: formatSocketAddress(address) });
}
