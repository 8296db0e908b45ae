import { randomBytes } from 'node:crypto';

import type { CacheOutlook } from '../../contract/schemas/dns.ts';
import type { Problem } from '../../contract/schemas/parse.ts';
import type { AuthoritativeServer } from '../resolve/authoritative-servers.ts';
import { DnsError } from '../wire/dns-error.ts';
import type { DnsSettings } from '../resolve/settings.ts';
import { isSameName } from '../../domains/dns-name.ts';
import { describeCname, describeWildcard } from './name-problems.ts';
import { formatSocketAddress } from '../wire/socket-address.ts';
import { findFault, recordsOf } from '../wire/txt-answer.ts';
import { queryServer } from '../wire/client.ts';
import type { WireAnswer, WireRecord } from '../wire/message.ts';

/** How long caches can hide a new value at a name, and what prevents publishing one. */
export interface NameInspection {
  /** `null`: unknown. */
  caches: CacheOutlook | null;
  problems: Problem[];
}

interface Inspected {
  apex: string;
  name: string;
  servers: readonly AuthoritativeServer[];
  signal: AbortSignal;
}

/** One server's answers: the target of the name's own CNAME, and the records that a wildcard gives it. */
interface ServerView {
  caches: CacheOutlook | null;
  target: string | null;
  fromWildcard: WireRecord[];
}

type QueryType = 'TXT' | 'MX' | 'A' | 'AAAA';
type Query = (name: string, type: QueryType) => Promise<WireAnswer>;

/** Of a name as text: RFC 1035 §2.3.4. */
const maxNameLength = 253;

/**
 * Finds out from the authoritative servers of a zone, without any resolver, how long caches can hide a new TXT value at a
 * name, and whether publishing one there is impossible (a CNAME) or would hide other records (of a wildcard, RFC 4592).
 *
 * @throws {DnsError} when the name is below the apex and no server answers
 * @throws the reason of `signal` once it is aborted
 */
export async function inspectName(settings: DnsSettings, inspected: Inspected): Promise<NameInspection> {
  const { apex, name, servers } = inspected;
  const outcomes = await Promise.all(
    servers.map(async (server) => await inspectAt(settings, inspected, server).catch(toDnsError)),
  );
  const views = outcomes.flatMap((outcome) => (outcome instanceof DnsError ? [] : [outcome]));
  if (views.length === 0 && !isSameName(name, apex)) {
    const reasons = outcomes.flatMap((outcome) => (outcome instanceof DnsError ? [outcome.message] : []));
    throw new DnsError('no-usable-answer', `${name} TXT at the servers of ${apex}`, reasons.toSorted().join('; '));
  }
  const [target] = views.flatMap((view) => view.target ?? []);
  const fromWildcard = views.flatMap((view) => view.fromWildcard);
  return {
    caches: longestOutlook(views.map(({ caches }) => caches)),
    problems: [
      ...(target === undefined ? [] : [describeCname(name, target)]),
      ...(fromWildcard.length === 0 ? [] : [describeWildcard(name, fromWildcard)]),
    ],
  };
}

async function inspectAt(
  settings: DnsSettings,
  inspected: Inspected,
  server: AuthoritativeServer,
): Promise<ServerView> {
  const { apex, name } = inspected;
  const query: Query = async (owner, type) => await queryAt(settings, inspected, server, { name: owner, type });
  // A CNAME at an apex is a broken zone, which the search for the zone reports.
  const isApex = isSameName(name, apex);
  const [own, wildcard] = await Promise.all([query(name, 'TXT'), isApex ? null : probeWildcard(query, name)]);

  const target = isApex ? null : findTarget(own, name);
  const view: ServerView = { caches: readCacheOutlook(own, name), target, fromWildcard: [] };
  if (wildcard === null || wildcard.txt.rcode !== 'NOERROR') return view;
  if (findTarget(wildcard.txt, wildcard.probe) !== null) {
    return { ...view, target: null, fromWildcard: recordsOf(own, name) };
  }
  const others = await Promise.all(
    (['MX', 'A', 'AAAA'] as const).map(async (type) => {
      const [here, there] = await Promise.all([query(name, type), query(wildcard.probe, type)]);
      return readFromWildcard(name, here, wildcard.probe, there, type);
    }),
  );
  const fromWildcard = [...others.flat(), ...readFromWildcard(name, own, wildcard.probe, wildcard.txt, 'TXT')];
  // In the order in which administrators write them.
  return { ...view, fromWildcard: fromWildcard.toSorted((one, other) => rank(one) - rank(other)) };
}

/**
 * Queries the TXT records of a name that only a wildcard above `name` can answer: once `name` or anything below it exists, a
 * wildcard above covers neither (RFC 4592 §3.3.1), and `*.name` does not cover names below itself. So publishing at `name`
 * would hide whatever this query returns. Where a server refuses an asterisk inside a name, the query is for a name that
 * `*.name` would cover as well. `null`: such a name would be too long.
 */
async function probeWildcard(query: Query, name: string): Promise<{ probe: string; txt: WireAnswer } | null> {
  const random = randomBytes(4).toString('hex');
  const probe = `${random}.*.${name}`;
  if (probe.length > maxNameLength) return null;
  try {
    return { probe, txt: await query(probe, 'TXT') };
  } catch (error) {
    if (!(error instanceof DnsError) || (error.kind !== 'lame' && error.kind !== 'malformed')) throw error;
    const plain = `${random}.${name}`;
    return { probe: plain, txt: await query(plain, 'TXT') };
  }
}

/** The records at `name` of this type, if the wildcard has that type too. */
function readFromWildcard(
  name: string,
  here: WireAnswer,
  probe: string,
  there: WireAnswer,
  type: QueryType,
): WireRecord[] {
  const ofType = (answer: WireAnswer, owner: string): WireRecord[] =>
    recordsOf(answer, owner).filter((record) => record.type === type);
  return ofType(there, probe).length === 0 ? [] : ofType(here, name);
}

function rank({ type }: WireRecord): number {
  return ['MX', 'TXT', 'A', 'AAAA'].indexOf(type);
}

function findTarget(answer: WireAnswer, name: string): string | null {
  const [target] = recordsOf(answer, name).flatMap((record) => (record.type === 'CNAME' ? [record.data] : []));
  return target ?? null;
}

async function queryAt(
  { timeoutMilliseconds }: DnsSettings,
  { apex, signal }: Inspected,
  server: AuthoritativeServer,
  question: { name: string; type: QueryType },
): Promise<WireAnswer> {
  const answer = await queryServer({ ...question, server: server.address, timeoutMilliseconds, signal });
  const fault = findFault(answer, { name: question.name, apex });
  if (fault === null) return answer;
  throw new DnsError('lame', `${question.name} ${question.type} at ${formatSocketAddress(server.address)}`, fault);
}

function toDnsError(error: unknown): DnsError {
  if (error instanceof DnsError) return error;
  throw error;
}

/**
 * How long caches may keep this authoritative answer to the TXT query for `name`; `null`: unknown. It has to be the TXT query:
 * in negative answers to other types, some servers give the SOA a TTL of 0.
 */
function readCacheOutlook(answer: WireAnswer, name: string): CacheOutlook | null {
  const own = recordsOf(answer, name);
  const ttls = own.flatMap(({ type, ttl }) => (type === 'TXT' ? [ttl ?? 0] : []));
  if (ttls.length > 0) return { seconds: Math.max(...ttls), because: 'old-values' };
  if (own.length > 0) return null;
  const soa = answer.authorities.find((record) => record.type === 'SOA');
  if (soa === undefined) return null;
  return { seconds: Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0), because: 'no-values' };
}

/** A cache may have queried any of the servers, so the longest counts. */
function longestOutlook(outlooks: readonly (CacheOutlook | null)[]): CacheOutlook | null {
  return outlooks.reduce(
    (longest, outlook) =>
      longest === null || (outlook !== null && outlook.seconds > longest.seconds) ? outlook : longest,
    null,
  );
}
