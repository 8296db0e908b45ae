import type { Answer } from 'dns-packet';
import type { DnsRecord } from './dns-record.ts';
import { isWithin, normaliseName, parentOf } from './domain-name.ts';
import { parseTxtContent } from './txt-content.ts';

/** Response codes (RFC 1035 §4.1.1). */
export const rcodes = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5 } as const;
export type Rcode = (typeof rcodes)[keyof typeof rcodes];

/** A zone as a name server serves it at one time. */
export interface ServedZone {
  name: string;
  nameServers: readonly string[];
  serial: number;
  records: readonly DnsRecord[];
}

/** The result of a query: what its response holds besides the question. */
export interface QueryResult {
  rcode: Rcode;
  /** The AA flag. */
  isAuthoritative: boolean;
  answers: Answer[];
  authorities: Answer[];
}

// TTLs in seconds, as Cloudflare serves them by default.
const soaTtl = 1800;
const nsTtl = 86_400;
const automaticTtl = 300;
/** Longest chain of CNAME records that is followed, so that a loop ends. */
const maxCnameChain = 8;

/**
 * Answers a question from the closest enclosing zone, as RFC 1034 §4.3.2 describes; REFUSED when no zone encloses the
 * name. Of two zones with the same name, the first is used.
 */
export function answerQuestion(zones: readonly ServedZone[], question: { name: string; type: string }): QueryResult {
  const name = normaliseName(question.name);
  const enclosing = zones.filter((zone) => isWithin(name, zone.name)).toSorted((a, b) => b.name.length - a.name.length);
  const [zone] = enclosing;
  if (zone === undefined) return { rcode: rcodes.refused, isAuthoritative: false, answers: [], authorities: [] };
  return answerFromZone(zone, question.name, question.type, []);
}

function answerFromZone(zone: ServedZone, queryName: string, type: string, chain: Answer[]): QueryResult {
  const name = normaliseName(queryName);
  const delegated = findDelegation(zone, name, type);
  if (delegated.length > 0) {
    // After a CNAME the response stays authoritative: AA applies to the first owner name (RFC 1035 §4.1.1).
    return { rcode: rcodes.noError, isAuthoritative: chain.length > 0, answers: chain, authorities: delegated };
  }
  const records = findRecords(zone, name);
  const alias = records?.find((record) => record.type === 'CNAME' && name !== zone.name);
  if (alias !== undefined && type !== 'CNAME' && type !== 'ANY') {
    const answers = [...chain, toAnswer(alias, queryName)];
    if (isWithin(normaliseName(alias.content), zone.name) && answers.length < maxCnameChain) {
      return answerFromZone(zone, alias.content, type, answers);
    }
    return { rcode: rcodes.noError, isAuthoritative: true, answers, authorities: [] };
  }
  const found = [
    ...(name === zone.name ? apexAnswers(zone, queryName) : []),
    ...(records ?? []).map((record) => toAnswer(record, queryName)),
  ].filter((answer) => type === 'ANY' || answer.type === type);
  return {
    rcode: records === null ? rcodes.nxDomain : rcodes.noError,
    isAuthoritative: true,
    answers: [...chain, ...found],
    // The SOA of a negative answer (RFC 2308 §3).
    authorities: found.length > 0 ? [] : [soaAnswer(zone, zone.name)],
  };
}

/**
 * The NS RRset of the topmost zone cut between the apex and the name; empty when there is none. At a cut, the parent
 * answers queries for DS itself (RFC 4035 §3.1.4.1).
 */
function findDelegation(zone: ServedZone, name: string, type: string): Answer[] {
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

/**
 * The records of a name, synthesised from a wildcard where one applies (RFC 4592). Empty for a name that exists without
 * records, because a name below it has some; `null` for a name that does not exist.
 */
function findRecords(zone: ServedZone, name: string): DnsRecord[] | null {
  const own = zone.records.filter((record) => record.name === name);
  if (own.length > 0 || exists(zone, name)) return own;
  let encloser = parentOf(name);
  while (!exists(zone, encloser)) encloser = parentOf(encloser);
  const wildcard = zone.records.filter((record) => record.name === `*.${encloser}`);
  return wildcard.length > 0 ? wildcard : null;
}

function exists(zone: ServedZone, name: string): boolean {
  return name === zone.name || zone.records.some((record) => isWithin(record.name, name));
}

/** The SOA and NS records of the apex. */
function apexAnswers(zone: ServedZone, owner: string): Answer[] {
  const nameServers = zone.nameServers.map((data): Answer => ({ type: 'NS', name: owner, ttl: nsTtl, data }));
  return [soaAnswer(zone, owner), ...nameServers];
}

function soaAnswer(zone: ServedZone, owner: string): Answer {
  // Refresh, retry, expire and minimum as Cloudflare serves them by default.
  const data = {
    mname: zone.nameServers[0] ?? zone.name,
    rname: 'dns.cloudflare.test',
    serial: zone.serial,
    refresh: 10_000,
    retry: 2400,
    expire: 604_800,
    minimum: soaTtl,
  };
  return { type: 'SOA', name: owner, ttl: soaTtl, data };
}

function toAnswer(record: DnsRecord, owner: string): Answer {
  const head = { name: owner, ttl: record.ttl === 1 ? automaticTtl : record.ttl };
  if (record.type === 'TXT') return { ...head, type: 'TXT', data: parseTxtContent(record.content) };
  if (record.type === 'MX') {
    return { ...head, type: 'MX', data: { preference: record.priority ?? 0, exchange: record.content } };
  }
  return { ...head, type: record.type, data: record.content };
}
