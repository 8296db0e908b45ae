/** Queries to the primary of a zone. */
import { DnsError } from '../../wire/dns-error.ts';
import { isSameName, parentOf, toCanonicalName } from '../../../domains/dns-name.ts';
import type { ProviderError } from '../../publishing/provider-error.ts';
import { primaryError, replaceCname } from './refusals.ts';
import { shareServers } from '../../publishing/provider-zone.ts';
import type { SocketAddress } from '../../wire/socket-address.ts';
import { readTxtAnswer, recordsOf } from '../../wire/txt-answer.ts';
import type { ProviderCallOptions, WantedZone } from '../../publishing/provider.ts';
import { queryServer } from '../../wire/client.ts';
import type { WireAnswer, WireQuestion } from '../../wire/message.ts';
import { readNameServers, readZoneAnswer } from '../../wire/zone-answer.ts';

/** A name's TXT values, each as its character-strings; `ttl` is `null` where there are none. */
export interface TxtSet {
  ttl: number | null;
  records: Buffer[][];
  /** The target of a CNAME at the name, which then can have no values; `null`: there is none. */
  alias: string | null;
}

const maxQueryMilliseconds = 5000;

/**
 * The TXT values of a name as the primary has them.
 *
 * @throws {ProviderError} `unavailable` when it does not answer, or not for this zone, as a server that reloads does
 */
export async function readTxtSet(
  primary: SocketAddress,
  where: { name: string; apex: string },
  options: ProviderCallOptions,
): Promise<TxtSet> {
  const { name } = where;
  const answer = await query(primary, { name, type: 'TXT' }, options);
  const reading = readTxtAnswer(answer, where);
  switch (reading.kind) {
    case 'values': {
      const ttls = recordsOf(answer, name).flatMap(({ type, ttl }) => (type === 'TXT' ? [ttl ?? 0] : []));
      const records = reading.records.map((strings) => strings.map((bytes) => Buffer.from(bytes)));
      return { ttl: ttls[0] ?? null, records, alias: null };
    }
    case 'no-such-name':
      return { ttl: null, records: [], alias: null };
    case 'alias':
      return { ttl: null, records: [], alias: reading.target };
    case 'lame':
    case 'silent':
      throw unavailable(primary, `does not answer for ${name} in ${where.apex}: ${reading.detail}`);
  }
}

/**
 * The zone on this server that contains the wanted domain; where DNS shows a zone, it has to be that one.
 *
 * @throws {ProviderError} `refused` when it serves another zone or none
 */
export async function findServedZone(
  primary: SocketAddress,
  { emailDomain, shown }: Pick<WantedZone, 'emailDomain' | 'shown'>,
  options: ProviderCallOptions,
): Promise<string> {
  const apex = await findApex(primary, shown?.apex ?? emailDomain, options);
  if (shown === null) return apex;
  if (!isSameName(apex, shown.apex)) {
    throw primaryError(primary, 'refused', `has no zone ${shown.apex}: the name is in its zone ${apex}`, elsewhere);
  }
  if (shown.source === 'discovered') {
    const own = readNameServers(await query(primary, { name: apex, type: 'NS' }, options), apex);
    if (!shareServers(own, shown.nameServers)) {
      const delegated = shown.nameServers.map((host) => toCanonicalName(host)).join(', ');
      throw primaryError(
        primary,
        'refused',
        `has a zone ${apex} on ${own.join(', ')}, but the domain is delegated to ${delegated}`,
        'the world does not see this one, so publish at the primary of those servers',
      );
    }
  }
  return apex;
}

/** The apex of the zone that contains a name, according to this server. */
export async function findApex(primary: SocketAddress, domain: string, options: ProviderCallOptions): Promise<string> {
  let name = domain;
  for (;;) {
    const reading = readZoneAnswer(await query(primary, { name, type: 'SOA' }, options), { name, zone: '.' });
    switch (reading.kind) {
      case 'zone':
        return reading.zone;
      case 'alias':
        name = parentOf(name);
        break;
      case 'referral':
        throw primaryError(primary, 'refused', `only refers to the servers of ${reading.delegation.zone}`, elsewhere);
      case 'unusable':
        throw primaryError(primary, 'refused', `does not serve ${domain}: ${reading.detail}`, elsewhere);
    }
  }
}

const elsewhere = 'set RFC2136_SERVER to the primary of the zone that DNS shows, or use another DNS provider';

async function query(
  primary: SocketAddress,
  question: WireQuestion,
  { signal, timeoutMilliseconds }: ProviderCallOptions,
): Promise<WireAnswer> {
  const milliseconds = Math.min(timeoutMilliseconds, maxQueryMilliseconds);
  try {
    const answer = await queryServer({ ...question, server: primary, timeoutMilliseconds: milliseconds, signal });
    if (answer.rcode !== 'SERVFAIL') return answer;
    throw unavailable(primary, `answers SERVFAIL for ${question.name}`);
  } catch (error) {
    if (error instanceof DnsError) throw unavailable(primary, `gave no answer about ${question.name}: ${error.detail}`);
    throw error;
  }
}

/** A name with a CNAME can have no TXT value (RFC 1034 §3.6.2). */
export function cnameError(primary: SocketAddress, name: string, target: string): ProviderError {
  const problem = `has a CNAME to ${target} at ${name}, and a name with a CNAME can have no TXT value`;
  return primaryError(primary, 'refused', problem, replaceCname);
}

function unavailable(primary: SocketAddress, problem: string): ProviderError {
  return primaryError(primary, 'unavailable', problem, 'it is retried; open its port to the worker');
}
