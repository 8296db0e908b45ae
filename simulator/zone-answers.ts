import type { Answer } from 'dns-packet';
import type { DnsRecord } from './dns-record.ts';
import { isWithin, normalizeName, parentOf } from './domain-name.ts';
import { parseTxtContent } from './txt-content.ts';

export const rcodes = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5 } as const;
export type Rcode = (typeof rcodes)[keyof typeof rcodes];

/** A zone as one name server shows it at one moment. */
export interface ZoneView {
  name: string;
  nameServers: readonly string[];
  serial: number;
  records: readonly DnsRecord[];
}

/** What an authoritative server says to a question. */
export interface Resolution {
  rcode: Rcode;
  isAuthoritative: boolean;
  answers: Answer[];
  authorities: Answer[];
}

const SOA_TTL = 1800;
const NS_TTL = 86_400;
/** What Cloudflare serves for an automatic TTL. */
const AUTOMATIC_TTL = 300;
const LONGEST_CNAME_CHAIN = 8;

/** Answers from the closest of these zones; of two with the same name, the first. */
export function resolveQuestion(zones: readonly ZoneView[], question: { name: string; type: string }): Resolution {
  const name = normalizeName(question.name);
  const enclosing = zones.filter((zone) => isWithin(name, zone.name)).toSorted((a, b) => b.name.length - a.name.length);
  const [zone] = enclosing;
  if (zone === undefined) return { rcode: rcodes.refused, isAuthoritative: false, answers: [], authorities: [] };
  return resolveIn(zone, question.name, question.type, []);
}

function resolveIn(zone: ZoneView, asked: string, type: string, chain: Answer[]): Resolution {
  const name = normalizeName(asked);
  const delegated = findDelegation(zone, name, type);
  if (delegated.length > 0) {
    // An answer that began with a CNAME of this zone stays authoritative: AA speaks of the first owner name.
    return { rcode: rcodes.noError, isAuthoritative: chain.length > 0, answers: chain, authorities: delegated };
  }
  const records = findRecords(zone, name);
  const alias = records?.find((record) => record.type === 'CNAME' && name !== zone.name);
  if (alias !== undefined && type !== 'CNAME' && type !== 'ANY') {
    const answers = [...chain, toAnswer(alias, asked)];
    if (isWithin(normalizeName(alias.content), zone.name) && answers.length < LONGEST_CNAME_CHAIN) {
      return resolveIn(zone, alias.content, type, answers);
    }
    return { rcode: rcodes.noError, isAuthoritative: true, answers, authorities: [] };
  }
  const found = [
    ...(name === zone.name ? apexAnswers(zone, asked) : []),
    ...(records ?? []).map((record) => toAnswer(record, asked)),
  ].filter((answer) => type === 'ANY' || answer.type === type);
  return {
    rcode: records === null ? rcodes.nxDomain : rcodes.noError,
    isAuthoritative: true,
    answers: [...chain, ...found],
    authorities: found.length > 0 ? [] : [soa(zone, zone.name)],
  };
}

/** The NS set of the topmost cut at or above the name, below the apex. The parent itself answers for DS at a cut. */
function findDelegation(zone: ZoneView, name: string, type: string): Answer[] {
  let cut: string | null = null;
  const start = type === 'DS' ? parentOf(name) : name;
  for (let at = start; at !== zone.name && isWithin(at, zone.name); at = parentOf(at)) {
    if (zone.records.some((record) => record.type === 'NS' && record.name === at)) cut = at;
  }
  if (cut === null) return [];
  return zone.records
    .filter(({ type: kind, name: owner }) => kind === 'NS' && owner === cut)
    .map((ns) => toAnswer(ns, ns.name));
}

/** The records of a name, wildcards included (RFC 4592); empty where it only has names below it, `null` where it is not. */
function findRecords(zone: ZoneView, name: string): DnsRecord[] | null {
  const own = zone.records.filter((record) => record.name === name);
  if (own.length > 0 || exists(zone, name)) return own;
  let encloser = parentOf(name);
  while (!exists(zone, encloser)) encloser = parentOf(encloser);
  const wildcard = zone.records.filter((record) => record.name === `*.${encloser}`);
  return wildcard.length > 0 ? wildcard : null;
}

function exists(zone: ZoneView, name: string): boolean {
  return name === zone.name || zone.records.some((record) => isWithin(record.name, name));
}

function apexAnswers(zone: ZoneView, owner: string): Answer[] {
  const nameServers = zone.nameServers.map((data): Answer => ({ type: 'NS', name: owner, ttl: NS_TTL, data }));
  return [soa(zone, owner), ...nameServers];
}

function soa(zone: ZoneView, owner: string): Answer {
  const data = {
    mname: zone.nameServers[0] ?? zone.name,
    rname: 'dns.cloudflare.test',
    serial: zone.serial,
    refresh: 10_000,
    retry: 2400,
    expire: 604_800,
    minimum: SOA_TTL,
  };
  return { type: 'SOA', name: owner, ttl: SOA_TTL, data };
}

function toAnswer(record: DnsRecord, owner: string): Answer {
  const head = { name: owner, ttl: record.ttl === 1 ? AUTOMATIC_TTL : record.ttl };
  if (record.type === 'TXT') return { ...head, type: 'TXT', data: parseTxtContent(record.content) };
  if (record.type === 'MX') {
    return { ...head, type: 'MX', data: { preference: record.priority ?? 0, exchange: record.content } };
  }
  return { ...head, type: record.type, data: record.content };
}
