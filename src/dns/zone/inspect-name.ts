import { randomBytes } from 'node:crypto';

import type { CacheEstimate } from '../../contract/schemas/dns.ts';
import type { Problem } from '../../contract/schemas/parse.ts';
import type { AuthoritativeServer } from '../resolve/authoritative-servers.ts';
import { DnsError } from '../wire/dns-error.ts';
import type { DnsSettings } from '../resolve/settings.ts';
import { isSameName } from '../../domains/dns-name.ts';
import { describeCname, describeWildcard } from './name-problems.ts';
import { findFault, recordsOf } from '../wire/txt-answer.ts';
import { describeQuestion, queryServer } from '../wire/client.ts';
import type { WireAnswer, WireRecord } from '../wire/message.ts';

/** How long caches can hide a new value at a name, and what prevents publishing one. */
export interface NameInspection {
  /** `null`: unknown. */
  caches: CacheEstimate | null;
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
  caches: CacheEstimate | null;
  target: string | null;
  fromWildcard: WireRecord[];
}

type QueryType = 'TXT' | 'MX' | 'A' | 'AAAA';

/** An authoritative answer, and the records in it of the name itself. */
type NameAnswer = WireAnswer & { own: WireRecord[] };
type Query = (name: string, type: QueryType) => Promise<NameAnswer>;

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
    caches: longestEstimate(views.map(({ caches }) => caches)),
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

  const target = isApex ? null : findTarget(own);
  const view: ServerView = { caches: readCacheEstimate(own), target, fromWildcard: [] };
  if (wildcard === null || wildcard.txt.rcode !== 'NOERROR') return view;
  if (findTarget(wildcard.txt) !== null) return { ...view, target: null, fromWildcard: own.own };
  // In the order in which administrators write them.
  const fromWildcard = await Promise.all(
    (['MX', 'TXT', 'A', 'AAAA'] as const).map(async (type) => {
      const [here, there] =
        type === 'TXT' ? [own, wildcard.txt] : await Promise.all([query(name, type), query(wildcard.probe, type)]);
      const isOfType = (record: WireRecord): boolean => record.type === type;
      return there.own.some(isOfType) ? here.own.filter(isOfType) : [];
    }),
  );
  return { ...view, fromWildcard: fromWildcard.flat() };
}

/**
 * Queries the TXT records of a name that only a wildcard above `name` can answer: once `name` or anything below it exists, a
 * wildcard above covers neither (RFC 4592 §3.3.1), and `*.name` does not cover names below itself. So publishing at `name`
 * would hide whatever this query returns. Where a server refuses an asterisk inside a name, the query is for a name that
 * `*.name` would cover as well. `null`: such a name would be too long.
 */
async function probeWildcard(query: Query, name: string): Promise<{ probe: string; txt: NameAnswer } | null> {
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

function findTarget({ own }: NameAnswer): string | null {
  const [target] = own.flatMap((record) => (record.type === 'CNAME' ? [record.data] : []));
  return target ?? null;
}

async function queryAt(
  { timeoutMilliseconds }: DnsSettings,
  { apex, signal }: Inspected,
  server: AuthoritativeServer,
  question: { name: string; type: QueryType },
): Promise<NameAnswer> {
  const query = { ...question, server: server.address, timeoutMilliseconds, signal };
  const answer = await queryServer(query);
  const { name } = question;
  const fault = findFault(answer, { name, apex });
  if (fault !== null) throw new DnsError('lame', describeQuestion(query), fault);
  return { ...answer, own: recordsOf(answer, name) };
}

function toDnsError(error: unknown): DnsError {
  if (error instanceof DnsError) return error;
  throw error;
}

/**
 * How long caches may keep this authoritative answer to the TXT query for `name`; `null`: unknown. It has to be the TXT query:
 * in negative answers to other types, some servers give the SOA a TTL of 0.
 */
function readCacheEstimate({ own, authorities }: NameAnswer): CacheEstimate | null {
  const ttls = own.flatMap(({ type, ttl }) => (type === 'TXT' ? [ttl ?? 0] : []));
  if (ttls.length > 0) return { seconds: Math.max(...ttls), because: 'old-values' };
  if (own.length > 0) return null;
  const soa = authorities.find((record) => record.type === 'SOA');
  if (soa === undefined) return null;
  return { seconds: Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0), because: 'no-values' };
}

/** A cache may have queried any of the servers, so the longest counts. */
function longestEstimate(estimates: readonly (CacheEstimate | null)[]): CacheEstimate | null {
  return estimates.reduce(
    (longest, estimate) =>
      longest === null || (estimate !== null && estimate.seconds > longest.seconds) ? estimate : longest,
    null,
  );
}
