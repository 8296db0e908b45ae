import systemDns from 'node:dns';
import type { Resolver } from 'node:dns/promises';

import { runStoppable } from '../wire/deadline.ts';
import { DnsError } from '../wire/dns-error.ts';
import { toCanonicalName } from '../../domains/dns-name.ts';
import { queryResolver, queryUnchecked } from './resolver-client.ts';
import type { ResolverAnswer } from './resolver-client.ts';
import { formatSocketAddress, parseSocketAddress } from '../wire/socket-address.ts';
import type { SocketAddress } from '../wire/socket-address.ts';
import type { TxtReading } from '../wire/txt-answer.ts';
import type { WireAnswer } from '../wire/message.ts';

/** Outside every company network, so that they see what Cloudflare sees. */
export const publicResolvers: readonly SocketAddress[] = [
  { address: '1.1.1.1', port: 53 },
  { address: '8.8.8.8', port: 53 },
];

/** The machine's own resolvers. */
export function listSystemResolvers(): SocketAddress[] {
  // Not the named export: that one ignores a later `setServers`.
  return systemDns.getServers().map((server) => parseSocketAddress(server, 53));
}

/**
 * Recursive resolvers. They cache "no such name" (RFC 2308 §5), so they are queried for a domain only once it has the value,
 * and before that only for its ancestors and its name servers.
 */
export interface Resolvers {
  /**
   * The host names in a name's NS records.
   *
   * @throws {DnsError} when no resolver answered whether there are any
   */
  findNameServers: (name: string, signal: AbortSignal) => Promise<ResolverAnswer<string[]>>;
  /**
   * A host's IPv4 and IPv6 addresses, in this order; an empty list when it has none.
   *
   * @throws {DnsError} when none was found and a query failed
   */
  findAddresses: (host: string, signal: AbortSignal) => Promise<string[]>;
  /** Each resolver's answer about the TXT values of a name. */
  viewTxt: (name: string, signal: AbortSignal) => Promise<ResolverView[]>;
}

export interface ResolverView {
  /** `ip:port`, IPv6 in brackets. */
  address: string;
  reading: TxtReading;
  /** It answers SERVFAIL, but not without DNSSEC validation: the signatures of the name do not validate. */
  isBogus: boolean;
}

interface Lookup<T> {
  name: string;
  type: 'NS' | 'A' | 'AAAA' | 'TXT';
  run: (resolver: Resolver) => Promise<T>;
  /** Reads the answer without validation of a resolver that answered SERVFAIL; left out: SERVFAIL counts. */
  readUnchecked?: (answer: WireAnswer) => T;
}

interface Outcome<T> {
  resolver: SocketAddress;
  result: ResolverAnswer<T> | DnsError;
}

/**
 * All preferred resolvers are queried at once, and the first answer in their order counts. The fallback is for when none can
 * be reached.
 */
export function createResolvers(settings: {
  preferred: readonly SocketAddress[];
  fallback: () => readonly SocketAddress[];
  timeoutMilliseconds: number;
}): Resolvers {
  const { preferred, fallback, timeoutMilliseconds } = settings;

  function queryAll<T>(resolvers: readonly SocketAddress[], lookup: Lookup<T>, signal: AbortSignal) {
    return resolvers.map(async (resolver): Promise<Outcome<T>> => {
      try {
        return { resolver, result: await queryResolver({ ...lookup, resolver, timeoutMilliseconds, signal }) };
      } catch (error) {
        if (!(error instanceof DnsError)) throw error;
        if (lookup.readUnchecked === undefined || !isServfail(error)) return { resolver, result: error };
        const { name, type, readUnchecked } = lookup;
        const answer = await queryUnchecked({ resolver, name, type, timeoutMilliseconds, signal });
        return { resolver, result: answer === null ? error : { kind: 'data', data: readUnchecked(answer) } };
      }
    });
  }

  async function lookUp<T>(lookup: Lookup<T>, signal: AbortSignal): Promise<ResolverAnswer<T>> {
    const first = await firstAnswer(signal, (stop) => queryAll(preferred, lookup, stop));
    if (!Array.isArray(first)) return first;
    if (!first.every(isSilence)) throw combine(lookup, first);
    const second = await firstAnswer(signal, (stop) => queryAll(fallback(), lookup, stop));
    if (!Array.isArray(second)) return second;
    throw combine(lookup, [...first, ...second]);
  }

  return {
    async findNameServers(name, signal) {
      const run = async (resolver: Resolver) => await resolver.resolveNs(name);
      const answer = await lookUp({ name, type: 'NS', run }, signal);
      if (answer.kind !== 'data') return answer;
      return { kind: 'data', data: answer.data.map((host) => toCanonicalName(host)).toSorted() };
    },

    async findAddresses(host, signal) {
      // The servers of a zone with broken signatures can still be queried.
      const addresses = <const Type extends 'A' | 'AAAA'>(type: Type) => ({
        name: host,
        type,
        readUnchecked: (answer: WireAnswer) =>
          answer.answers.flatMap((record) => (record.type === type ? [record.data] : [])),
      });
      const results = await Promise.allSettled([
        lookUp({ ...addresses('A'), run: async (resolver) => await resolver.resolve4(host) }, signal),
        lookUp({ ...addresses('AAAA'), run: async (resolver) => await resolver.resolve6(host) }, signal),
      ]);
      signal.throwIfAborted();
      const found = results.flatMap((result) =>
        result.status === 'fulfilled' && result.value.kind === 'data' ? result.value.data : [],
      );
      const failed = results.find((result) => result.status === 'rejected');
      if (found.length === 0 && failed) throw failed.reason;
      return found;
    },

    async viewTxt(name, signal) {
      const run = async (resolver: Resolver) => await resolver.resolveTxt(name);
      const lookup: Lookup<string[][]> = { name, type: 'TXT', run };
      const outcomes = await Promise.all(queryAll(preferred, lookup, signal));
      if (outcomes.every(({ result }) => isSilence(result))) {
        outcomes.push(...(await Promise.all(queryAll(fallback(), lookup, signal))));
      }
      const views = outcomes.map(async ({ resolver, result }): Promise<ResolverView> => {
        const question = { resolver, name, type: 'TXT' as const, timeoutMilliseconds, signal };
        const isBogus = isServfail(result) && (await queryUnchecked(question)) !== null;
        return { address: formatSocketAddress(resolver), reading: readView(result), isBogus };
      });
      return await Promise.all(views);
    },
  };
}

/** The first answer in the order of the list, or every error. Queries that still run are stopped. */
async function firstAnswer<T>(
  signal: AbortSignal,
  start: (stop: AbortSignal) => Promise<Outcome<T>>[],
): Promise<ResolverAnswer<T> | DnsError[]> {
  return await runStoppable(signal, async (stop) => {
    const pending = start(stop.signal);
    // The rest is stopped at the first answer, and nobody awaits it.
    for (const outcome of pending) outcome.catch(() => undefined);
    const errors: DnsError[] = [];
    for (const outcome of pending) {
      const { result } = await outcome;
      if (!(result instanceof DnsError)) return result;
      errors.push(result);
    }
    return errors;
  });
}

function isSilence(result: unknown): boolean {
  return result instanceof DnsError && ['timeout', 'refused-connection', 'unreachable'].includes(result.kind);
}

function combine(lookup: Lookup<unknown>, errors: readonly DnsError[]): DnsError {
  const [only] = errors;
  if (only !== undefined && errors.length === 1) return only;
  const reasons = errors.map(({ message }) => message).join('; ');
  const detail = `no resolver answered (${reasons})`;
  return new DnsError('no-usable-answer', `${lookup.name} ${lookup.type}`, detail, {
    cause: new AggregateError(errors),
  });
}

function isServfail(result: unknown): boolean {
  return result instanceof DnsError && result.kind === 'rcode' && result.detail === 'SERVFAIL';
}

function readView(result: ResolverAnswer<string[][]> | DnsError): TxtReading {
  if (result instanceof DnsError) return { kind: 'silent', detail: result.detail };
  if (result.kind === 'no-such-name') return result;
  if (result.kind === 'no-data') return { kind: 'values', records: [] };
  // node:dns decodes TXT as Latin-1.
  return { kind: 'values', records: result.data.map((chunks) => chunks.map((chunk) => Buffer.from(chunk, 'latin1'))) };
}
