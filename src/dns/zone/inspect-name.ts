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

/** What speaks for waiting, and against publishing, at a name. */
export interface NameInspection {
  /** `null`: no server said. */
  caches: CacheOutlook | null;
  problems: Problem[];
}

interface Inspected {
  apex: string;
  name: string;
  servers: readonly AuthoritativeServer[];
  signal: AbortSignal;
}

/** What one server shows: the target of the name's own CNAME, and the records that a wildcard lends it. */
interface Showing {
  caches: CacheOutlook | null;
  target: string | null;
  lent: WireRecord[];
}

type AskedType = 'TXT' | 'MX' | 'A' | 'AAAA';
type Ask = (name: string, type: AskedType) => Promise<WireAnswer>;

/** The longest that a name may be as text: RFC 1035 §2.3.4. */
const maxNameLength = 253;

/**
 * Asks the authoritative servers of a zone, and no resolver, how long caches can hide a new TXT value at a name, and
 * whether publishing one there is impossible (a CNAME) or would take something away (a wildcard, RFC 4592).
 *
 * @throws {DnsError} when the name stands below the apex and none of the servers says what is there
 * @throws the reason of `signal` once it is aborted
 */
export async function inspectName(settings: DnsSettings, inspected: Inspected): Promise<NameInspection> {
  const { apex, name, servers } = inspected;
  const outcomes = await Promise.all(
    servers.map(async (server) => await inspectAt(settings, inspected, server).catch(keepDnsError)),
  );
  const showings = outcomes.flatMap((outcome) => (outcome instanceof DnsError ? [] : [outcome]));
  if (showings.length === 0 && !isSameName(name, apex)) {
    const reasons = outcomes.flatMap((outcome) => (outcome instanceof DnsError ? [outcome.message] : []));
    throw new DnsError('no-usable-answer', `${name} TXT at the servers of ${apex}`, reasons.toSorted().join('; '));
  }
  const [target] = showings.flatMap((showing) => showing.target ?? []);
  const lent = showings.flatMap((showing) => showing.lent);
  return {
    caches: longestOutlook(showings.map(({ caches }) => caches)),
    problems: [
      ...(target === undefined ? [] : [describeCname(name, target)]),
      ...(lent.length === 0 ? [] : [describeWildcard(name, lent)]),
    ],
  };
}

async function inspectAt(settings: DnsSettings, inspected: Inspected, server: AuthoritativeServer): Promise<Showing> {
  const { apex, name } = inspected;
  const ask: Ask = async (asked, type) => await askAt(settings, inspected, server, { name: asked, type });
  // At an apex a CNAME is no alias but a broken zone, which the search for the zone reports.
  const isApex = isSameName(name, apex);
  const [own, wildcard] = await Promise.all([ask(name, 'TXT'), isApex ? null : probeWildcard(ask, name)]);

  const target = isApex ? null : findTarget(own, name);
  const showing: Showing = { caches: readCacheOutlook(own, name), target, lent: [] };
  if (wildcard === null || wildcard.txt.rcode !== 'NOERROR') return showing;
  if (findTarget(wildcard.txt, wildcard.probe) !== null) {
    return { ...showing, target: null, lent: recordsOf(own, name) };
  }
  const others = await Promise.all(
    (['MX', 'A', 'AAAA'] as const).map(async (type) => {
      const [here, there] = await Promise.all([ask(name, type), ask(wildcard.probe, type)]);
      return readLent(name, here, wildcard.probe, there, type);
    }),
  );
  const lent = [...others.flat(), ...readLent(name, own, wildcard.probe, wildcard.txt, 'TXT')];
  // In the order in which an administrator would write them.
  return { ...showing, lent: lent.toSorted((one, other) => rank(one) - rank(other)) };
}

/**
 * Asks for the TXT records of a name that only a wildcard above `name` can answer for: once `name` exists, or anything
 * below it, a wildcard above covers neither (RFC 4592 §3.3.1), and `*.name` does not cover what stands below itself. So
 * an answer there is one that publishing at `name` takes away. A server that takes no asterisk inside a name is asked
 * for a name that `*.name` would cover as well. `null`: there is no room for such a name.
 */
async function probeWildcard(ask: Ask, name: string): Promise<{ probe: string; txt: WireAnswer } | null> {
  const random = randomBytes(4).toString('hex');
  const probe = `${random}.*.${name}`;
  if (probe.length > maxNameLength) return null;
  try {
    return { probe, txt: await ask(probe, 'TXT') };
  } catch (error) {
    if (!(error instanceof DnsError) || (error.kind !== 'lame' && error.kind !== 'malformed')) throw error;
    const plain = `${random}.${name}`;
    return { probe: plain, txt: await ask(plain, 'TXT') };
  }
}

/** The records that `name` shows, of a type that the wildcard answers with. */
function readLent(name: string, here: WireAnswer, probe: string, there: WireAnswer, type: AskedType): WireRecord[] {
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

async function askAt(
  { timeoutMilliseconds }: DnsSettings,
  { apex, signal }: Inspected,
  server: AuthoritativeServer,
  question: { name: string; type: AskedType },
): Promise<WireAnswer> {
  const answer = await queryServer({ ...question, server: server.address, timeoutMilliseconds, signal });
  const fault = findFault(answer, { name: question.name, apex });
  if (fault === null) return answer;
  throw new DnsError('lame', `${question.name} ${question.type} at ${formatSocketAddress(server.address)}`, fault);
}

function keepDnsError(error: unknown): DnsError {
  if (error instanceof DnsError) return error;
  throw error;
}

/**
 * How long caches that were told this authoritative answer to the TXT question for `name` may go on showing it; `null`:
 * it does not say. It has to be the TXT question: some servers give the SOA in a negative answer to another one TTL 0.
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

/** The one that holds for all: a cache may have asked any of the servers. */
function longestOutlook(outlooks: readonly (CacheOutlook | null)[]): CacheOutlook | null {
  return outlooks.reduce(
    (longest, outlook) =>
      longest === null || (outlook !== null && outlook.seconds > longest.seconds) ? outlook : longest,
    null,
  );
}
