/** Zone data for test servers, answered as RFC 1034 §4.3.2 says. */
import type { Answer } from 'dns-packet';

import { nxdomain, refusedRcode } from './dns-server.ts';
import type { Query, Reply, Respond } from './dns-server.ts';

export interface Zone {
  apex: string;
  /** The SOA is added. NS below the apex delegate; their hosts' addresses are glue. */
  records: Answer[];
}

export const ns = (name: string, host: string): Answer => ({ name, type: 'NS', data: host, ttl: 60 });
export const a = (name: string, address: string): Answer => ({ name, type: 'A', data: address, ttl: 60 });
export const aaaa = (name: string, address: string): Answer => ({ name, type: 'AAAA', data: address, ttl: 60 });
export const cname = (name: string, target: string): Answer => ({ name, type: 'CNAME', data: target, ttl: 60 });
export const txt = (name: string, ...chunks: (string | Buffer)[]): Answer => ({
  name,
  type: 'TXT',
  data: chunks.map((chunk) => Buffer.from(chunk)),
  ttl: 60,
});
export const soa = (name: string, serial = 1): Answer => ({
  name,
  type: 'SOA',
  ttl: 60,
  data: {
    mname: `ns.${name}`,
    rname: `hostmaster.${name}`,
    serial,
    refresh: 60,
    retry: 60,
    expire: 60,
    minimum: 60,
  },
});

/** An authoritative server of these zones; REFUSED for every other name. */
export function serve(...zones: Zone[]): Respond {
  return (query) => {
    const [zone] = zones
      .filter(({ apex }) => isUnder(query.name, apex))
      .toSorted((one, other) => other.apex.length - one.apex.length);
    return zone ? answerFrom(zone, query) : { rcode: refusedRcode };
  };
}

function answerFrom(zone: Zone, { name, type }: Query): Reply {
  const records = [soa(zone.apex), ...zone.records];
  const cut = records.filter(
    (record) => record.type === 'NS' && !isSame(record.name, zone.apex) && isUnder(name, record.name),
  );
  if (cut.length > 0) {
    const hosts = cut.flatMap((record) => (record.type === 'NS' ? [record.data] : []));
    const glue = records.filter(
      (record) => (record.type === 'A' || record.type === 'AAAA') && hosts.some((host) => isSame(host, record.name)),
    );
    return { authorities: cut, additionals: glue };
  }
  const own = records.filter((record) => isSame(record.name, name));
  const wanted = own.filter((record) => record.type === type || record.type === 'CNAME');
  if (wanted.length > 0) return { aa: true, answers: wanted };
  const exists = records.some((record) => isUnder(record.name, name));
  return { aa: true, rcode: exists ? 0 : nxdomain, authorities: [soa(zone.apex)] };
}

/** A recursive resolver that knows these records and no others. */
export function resolve(...records: Answer[]): Respond {
  return ({ name, type }) => {
    const answers = records.filter((record) => record.type === type && isSame(record.name, name));
    const exists = records.some((record) => isUnder(record.name, name));
    return { ra: true, rcode: exists ? 0 : nxdomain, answers };
  };
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function isUnder(name: string, zone: string): boolean {
  return isSame(name, zone) || name.toLowerCase().endsWith(`.${zone.toLowerCase()}`);
}
