import type { DnsErrorKind } from './dns-error.ts';
import { isAtOrBelow, isSameName, toCanonicalName } from '../../domains/dns-name.ts';
import type { WireAnswer, WireRecord } from './message.ts';

/** A zone as its parent delegates it. `glue`: addresses by canonical host name. */
export interface Delegation {
  zone: string;
  nameServers: string[];
  glue: ReadonlyMap<string, readonly string[]>;
}

/** What an answer to an SOA query says about the zone that contains a name. */
export type ZoneReading =
  /** This zone contains the name; `exists` is false on NXDOMAIN. */
  | { kind: 'zone'; zone: string; exists: boolean }
  /** A referral to the servers of a zone further down. */
  | { kind: 'referral'; delegation: Delegation }
  /** The name is a CNAME. So it is not an apex, and is in the same zone as its parent name. */
  | { kind: 'alias' }
  | { kind: 'unusable'; error: DnsErrorKind; detail: string };

/** Reads the answer of a server of the zone `asked.zone` to a query for the SOA of `asked.name`. */
export function readZoneAnswer(answer: WireAnswer, asked: { name: string; zone: string }): ZoneReading {
  const { rcode, aa, answers, authorities } = answer;
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return { kind: 'unusable', error: 'rcode', detail: rcode };

  const soa = authorities.find(({ type }) => type === 'SOA');
  if (rcode === 'NOERROR' && answers.length === 0 && !soa) {
    const referral = readReferral(answer, asked);
    if (referral) return referral;
  }
  if (!aa) return lame('gave a non-authoritative answer (AA not set)');

  const own = answers.filter((record) => isSameName(record.name, asked.name));
  if (own.some(({ type }) => type === 'SOA')) return { kind: 'zone', zone: toCanonicalName(asked.name), exists: true };
  if (own.some(({ type }) => type === 'CNAME')) {
    return isSameName(asked.name, asked.zone)
      ? lame('answered with a CNAME at the apex of the zone')
      : { kind: 'alias' };
  }
  if (answers.length > 0) return lame('answered about another name');
  if (!soa) return lame('answered with neither records nor the SOA of its zone');
  if (!isAtOrBelow(asked.name, soa.name) || !isAtOrBelow(soa.name, asked.zone)) {
    return lame(`answered for the zone ${soa.name}`);
  }
  return { kind: 'zone', zone: toCanonicalName(soa.name), exists: rcode === 'NOERROR' };
}

/**
 * Only downwards: a server that refers to the zone itself, upwards or sideways does not serve the zone.
 */
function readReferral(answer: WireAnswer, asked: { name: string; zone: string }): ZoneReading | null {
  const first = answer.authorities.find(({ type }) => type === 'NS');
  if (!first) return null;
  const zone = toCanonicalName(first.name);
  const downwards = isAtOrBelow(zone, asked.zone) && !isSameName(zone, asked.zone);
  if (!downwards || !isAtOrBelow(asked.name, zone)) return lame(`only refers to the servers of ${zone}`);

  const nameServers = hostsOf(answer.authorities, zone);
  return { kind: 'referral', delegation: { zone, nameServers, glue: readGlue(answer, nameServers, asked.zone) } };
}

/** Addresses that the server is authoritative for: those of hosts inside its own zone. */
function readGlue(answer: WireAnswer, nameServers: readonly string[], zone: string): Map<string, string[]> {
  const glue = new Map<string, string[]>();
  for (const record of answer.additionals) {
    if (record.type !== 'A' && record.type !== 'AAAA') continue;
    const host = toCanonicalName(record.name);
    if (!nameServers.includes(host) || !isAtOrBelow(host, zone)) continue;
    glue.set(host, [...(glue.get(host) ?? []), record.data]);
  }
  return glue;
}

/** The host names in the NS records of a zone's apex. */
export function readNameServers(answer: WireAnswer, zone: string): string[] {
  return hostsOf(answer.answers, zone);
}

function hostsOf(records: readonly WireRecord[], zone: string): string[] {
  const hosts = records.flatMap((record) =>
    record.type === 'NS' && isSameName(record.name, zone) ? [toCanonicalName(record.data)] : [],
  );
  return [...new Set(hosts)].toSorted();
}

function lame(detail: string): ZoneReading {
  return { kind: 'unusable', error: 'lame', detail };
}
