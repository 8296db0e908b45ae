import systemDns from 'node:dns';

import { describeQuestion, queryServer } from '../wire/client.ts';
import type { ServerQuery } from '../wire/client.ts';
import { runStoppable } from '../wire/deadline.ts';
import { DnsError } from '../wire/dns-error.ts';
import type { QueryRole, WireAnswer, WireQuestion } from '../wire/message.ts';
import { formatSocketAddress, parseSocketAddress } from '../wire/socket-address.ts';
import type { SocketAddress } from '../wire/socket-address.ts';
import { chunksOf } from '../wire/txt-answer.ts';
import type { TxtReading } from '../wire/txt-answer.ts';
import { readNameServers } from '../wire/zone-answer.ts';

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

/** `no-data`: the name has no NS records; `no-such-name`: NXDOMAIN. */
type NameServerLookup = { kind: 'data'; data: string[] } | { kind: 'no-data' } | { kind: 'no-such-name' };

interface ResolverView {
  /** `ip:port`, IPv6 in brackets. */
  address: string;
  reading: TxtReading;
  /** It answers SERVFAIL, but not without DNSSEC validation: the signatures of the name do not validate. */
  isBogus: boolean;
}

interface Lookup extends WireQuestion {
  /** Whether an answer without validation counts where a resolver answers SERVFAIL. */
  mayBeBogus: boolean;
}

interface Outcome {
  resolver: SocketAddress;
  result: WireAnswer | DnsError;
}

export type Resolvers = ReturnType<typeof createResolvers>;

/**
 * Recursive resolvers. They cache "no such name" (RFC 2308 §5), so they are queried for a domain only once it has the value,
 * and before that only for its ancestors and its name servers.
 *
 * All preferred resolvers are queried at once, and the first answer in their order counts. The fallback is for when none can
 * be reached.
 */
export function createResolvers(settings: {
  preferred: readonly SocketAddress[];
  fallback: () => readonly SocketAddress[];
  timeoutMilliseconds: number;
}) {
  const { preferred, fallback, timeoutMilliseconds } = settings;

  async function tryResolver(
    resolver: SocketAddress,
    question: WireQuestion,
    role: QueryRole,
    signal: AbortSignal,
  ): Promise<WireAnswer | DnsError> {
    try {
      return await queryResolver({ ...question, server: resolver, role, timeoutMilliseconds, signal });
    } catch (error) {
      if (error instanceof DnsError) return error;
      throw error;
    }
  }

  function queryAll(resolvers: readonly SocketAddress[], { mayBeBogus, ...question }: Lookup, signal: AbortSignal) {
    return resolvers.map(async (resolver): Promise<Outcome> => {
      const result = await tryResolver(resolver, question, 'recursive', signal);
      if (!mayBeBogus || !isServfail(result)) return { resolver, result };
      const unchecked = await tryResolver(resolver, question, 'unchecked', signal);
      return { resolver, result: unchecked instanceof DnsError ? result : unchecked };
    });
  }

  async function lookUp(lookup: Lookup, signal: AbortSignal): Promise<WireAnswer> {
    const first = await firstAnswer(signal, (stop) => queryAll(preferred, lookup, stop));
    if (!Array.isArray(first)) return first;
    if (!first.every(isSilence)) throw combine(lookup, first);
    const second = await firstAnswer(signal, (stop) => queryAll(fallback(), lookup, stop));
    if (!Array.isArray(second)) return second;
    throw combine(lookup, [...first, ...second]);
  }

  return {
    /**
     * The host names in a name's NS records.
     *
     * @throws {DnsError} when no resolver answered whether there are any
     */
    async findNameServers(name: string, signal: AbortSignal): Promise<NameServerLookup> {
      const answer = await lookUp({ name, type: 'NS', mayBeBogus: false }, signal);
      if (answer.rcode === 'NXDOMAIN') return { kind: 'no-such-name' };
      const data = readNameServers(answer, name);
      return data.length === 0 ? { kind: 'no-data' } : { kind: 'data', data };
    },

    /**
     * A host's IPv4 and IPv6 addresses, in this order; an empty list when it has none.
     *
     * @throws {DnsError} when none was found and a query failed
     */
    async findAddresses(name: string, signal: AbortSignal): Promise<string[]> {
      // The servers of a zone with broken signatures can still be queried.
      const results = await Promise.allSettled(
        (['A', 'AAAA'] as const).map(async (type) => await lookUp({ name, type, mayBeBogus: true }, signal)),
      );
      signal.throwIfAborted();
      const answers = results.flatMap((result) => (result.status === 'fulfilled' ? result.value.answers : []));
      const found = answers.flatMap(({ type, data }) => (type === 'A' || type === 'AAAA' ? [data] : []));
      const failed = results.find((result) => result.status === 'rejected');
      if (found.length === 0 && failed) throw failed.reason;
      return found;
    },

    /** Each resolver's answer about the TXT values of a name. */
    async viewTxt(name: string, signal: AbortSignal): Promise<ResolverView[]> {
      const question = { name, type: 'TXT' } as const;
      const lookup = { ...question, mayBeBogus: false };
      const outcomes = await Promise.all(queryAll(preferred, lookup, signal));
      if (outcomes.every(({ result }) => isSilence(result))) {
        outcomes.push(...(await Promise.all(queryAll(fallback(), lookup, signal))));
      }
      const views = outcomes.map(async ({ resolver, result }): Promise<ResolverView> => {
        const isBogus =
          isServfail(result) && !((await tryResolver(resolver, question, 'unchecked', signal)) instanceof DnsError);
        return { address: formatSocketAddress(resolver), reading: readView(result), isBogus };
      });
      return await Promise.all(views);
    },
  };
}

/**
 * Queries one recursive resolver.
 *
 * @throws {DnsError} when the answer does not say whether there are records
 * @throws the reason of `signal` once it is aborted
 */
export async function queryResolver(query: ServerQuery & { role: QueryRole }): Promise<WireAnswer> {
  const answer = await queryServer(query);
  if (answer.rcode === 'NOERROR' || answer.rcode === 'NXDOMAIN') return answer;
  throw new DnsError('rcode', describeQuestion(query), answer.rcode);
}

/** The first answer in the order of the list, or every error. Queries that still run are stopped. */
async function firstAnswer(
  signal: AbortSignal,
  start: (stop: AbortSignal) => Promise<Outcome>[],
): Promise<WireAnswer | DnsError[]> {
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

function combine(lookup: WireQuestion, errors: readonly DnsError[]): DnsError {
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

function readView(result: WireAnswer | DnsError): TxtReading {
  if (result instanceof DnsError) return { kind: 'silent', detail: result.detail };
  if (result.rcode === 'NXDOMAIN') return { kind: 'no-such-name' };
  return {
    kind: 'values',
    records: result.answers.flatMap((record) => (record.type === 'TXT' ? [chunksOf(record)] : [])),
  };
}
