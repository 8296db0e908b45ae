import { getServers } from 'node:dns/promises';
import type { Resolver } from 'node:dns/promises';

import type { ResolverEvidence } from '../contract.ts';
import { runStoppable } from './deadline.ts';
import { DnsError } from './dns-error.ts';
import { toCanonicalName } from './domain-names.ts';
import { askResolver } from './resolver-client.ts';
import type { ResolverAnswer } from './resolver-client.ts';
import { formatSocketAddress, parseSocketAddress } from './socket-address.ts';
import type { SocketAddress } from './socket-address.ts';
import { judgeTxtRecords } from './txt-verdict.ts';

/** Outside every company, so that they show what Cloudflare will see. */
export const PUBLIC_RESOLVERS: readonly SocketAddress[] = [
  { address: '1.1.1.1', port: 53 },
  { address: '8.8.8.8', port: 53 },
];

/** The resolvers that the machine is set up with. */
export function listSystemResolvers(): SocketAddress[] {
  return getServers().map((server) => parseSocketAddress(server, 53));
}

/**
 * Recursive resolvers. They remember every "no such name" (RFC 2308 §5), so a domain is asked about only once it has
 * the value, and before that only its ancestors and its name servers.
 */
export interface Resolvers {
  /**
   * The host names in a name's NS records.
   *
   * @throws {DnsError} when no resolver said whether there are any
   */
  findNameServers: (name: string, signal: AbortSignal) => Promise<ResolverAnswer<string[]>>;
  /**
   * A host's IPv4 and IPv6 addresses, in this order; an empty list when it has none.
   *
   * @throws {DnsError} when none was found because of a resolver that did not say
   */
  findAddresses: (host: string, signal: AbortSignal) => Promise<string[]>;
  /** What each resolver shows of a TXT value. */
  viewTxt: (name: string, value: string, signal: AbortSignal) => Promise<ResolverEvidence[]>;
}

interface Lookup<T> {
  name: string;
  type: string;
  query: (resolver: Resolver) => Promise<T>;
}

interface Outcome<T> {
  resolver: SocketAddress;
  result: ResolverAnswer<T> | DnsError;
}

/**
 * All preferred resolvers are asked at once, and the first in their order that answers counts; the fallback is for when
 * none can be reached.
 */
export function createResolvers(settings: {
  preferred: readonly SocketAddress[];
  fallback: () => readonly SocketAddress[];
  timeoutMilliseconds: number;
}): Resolvers {
  const { preferred, fallback, timeoutMilliseconds } = settings;

  function askAll<T>(resolvers: readonly SocketAddress[], lookup: Lookup<T>, signal: AbortSignal) {
    return resolvers.map(async (resolver): Promise<Outcome<T>> => {
      try {
        return { resolver, result: await askResolver({ ...lookup, resolver, timeoutMilliseconds, signal }) };
      } catch (error) {
        if (error instanceof DnsError) return { resolver, result: error };
        throw error;
      }
    });
  }

  async function lookUp<T>(lookup: Lookup<T>, signal: AbortSignal): Promise<ResolverAnswer<T>> {
    const first = await firstAnswer(signal, (stop) => askAll(preferred, lookup, stop));
    if (!Array.isArray(first)) return first;
    if (!first.every(isSilence)) throw combine(lookup, first);
    const second = await firstAnswer(signal, (stop) => askAll(fallback(), lookup, stop));
    if (!Array.isArray(second)) return second;
    throw combine(lookup, [...first, ...second]);
  }

  return {
    async findNameServers(name, signal) {
      const query = async (resolver: Resolver) => await resolver.resolveNs(name);
      const answer = await lookUp({ name, type: 'NS', query }, signal);
      if (answer.kind !== 'data') return answer;
      return { kind: 'data', data: answer.data.map((host) => toCanonicalName(host)).toSorted() };
    },

    async findAddresses(host, signal) {
      const results = await Promise.allSettled([
        lookUp({ name: host, type: 'A', query: async (resolver) => await resolver.resolve4(host) }, signal),
        lookUp({ name: host, type: 'AAAA', query: async (resolver) => await resolver.resolve6(host) }, signal),
      ]);
      signal.throwIfAborted();
      const addresses = results.flatMap((result) =>
        result.status === 'fulfilled' && result.value.kind === 'data' ? result.value.data : [],
      );
      const failed = results.find((result) => result.status === 'rejected');
      if (addresses.length === 0 && failed) throw failed.reason;
      return addresses;
    },

    async viewTxt(name, value, signal) {
      const lookup = { name, type: 'TXT', query: async (resolver: Resolver) => await resolver.resolveTxt(name) };
      const outcomes = await Promise.all(askAll(preferred, lookup, signal));
      if (outcomes.every(({ result }) => isSilence(result))) {
        outcomes.push(...(await Promise.all(askAll(fallback(), lookup, signal))));
      }
      return outcomes.map(({ resolver, result }) => {
        const { verdict, detail } = judgeView(result, value);
        return { address: formatSocketAddress(resolver), verdict, detail };
      });
    },
  };
}

/** The first answer in the order of the list, or every error. What is still under way then is stopped. */
async function firstAnswer<T>(
  signal: AbortSignal,
  ask: (stop: AbortSignal) => Promise<Outcome<T>>[],
): Promise<ResolverAnswer<T> | DnsError[]> {
  return await runStoppable(signal, async (stop) => {
    const pending = ask(stop.signal);
    // Those behind the first answer are stopped, and nobody waits for them.
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

function judgeView(
  result: ResolverAnswer<string[][]> | DnsError,
  value: string,
): Pick<ResolverEvidence, 'verdict' | 'detail'> {
  if (result instanceof DnsError) return { verdict: 'unreachable', detail: result.detail };
  if (result.kind === 'no-such-name') return { verdict: 'lacks-value', detail: 'NXDOMAIN' };
  if (result.kind === 'no-data') return judgeTxtRecords([], value);
  // node:dns shows each byte as the Latin-1 character of its number.
  const records = result.data.map((chunks) => chunks.map((chunk) => Buffer.from(chunk, 'latin1')));
  return judgeTxtRecords(records, value);
}
