import { Resolver } from 'node:dns/promises';

import { DeadlineError, runWithin } from '../wire/deadline.ts';
import { DnsError } from '../wire/dns-error.ts';
import type { DnsErrorKind } from '../wire/dns-error.ts';
import { formatSocketAddress } from '../wire/socket-address.ts';
import type { SocketAddress } from '../wire/socket-address.ts';
import { queryServer } from '../wire/client.ts';
import type { WireAnswer, WireQuestion } from '../wire/message.ts';

/** `no-data`: the name has no such records; `no-such-name`: NXDOMAIN. */
export type ResolverAnswer<T> = { kind: 'data'; data: T } | { kind: 'no-data' } | { kind: 'no-such-name' };

export interface ResolverQuery<T> {
  resolver: SocketAddress;
  /** For error messages. */
  name: string;
  type: string;
  timeoutMilliseconds: number;
  signal: AbortSignal;
  run: (resolver: Resolver) => Promise<T>;
}

const attempts = 2;

/**
 * Queries one recursive resolver through node:dns. https://nodejs.org/api/dns.html#error-codes
 *
 * @throws {DnsError} when the answer does not say whether there are records
 * @throws the reason of `signal` once it is aborted
 */
export async function queryResolver<T>(query: ResolverQuery<T>): Promise<ResolverAnswer<T>> {
  const { timeoutMilliseconds, signal } = query;
  try {
    const data = await runWithin(timeoutMilliseconds, signal, async (stop) => {
      const resolver = new Resolver({ timeout: Math.ceil(timeoutMilliseconds / attempts), tries: attempts });
      resolver.setServers([formatSocketAddress(query.resolver)]);
      // The library's own timeout grows with each attempt, so the deadline ends the query.
      const { promise: stopped, reject } = Promise.withResolvers<never>();
      stop.addEventListener(
        'abort',
        () => {
          reject(stop.reason);
          resolver.cancel();
        },
        { once: true },
      );
      return await Promise.race([query.run(resolver), stopped]);
    });
    return { kind: 'data', data };
  } catch (error) {
    signal.throwIfAborted();
    return readFailure(error, query);
  }
}

/**
 * A resolver's answer without DNSSEC validation; `null`: none, or one that does not say whether there are records.
 *
 * @throws the reason of `signal` once it is aborted
 */
export async function queryUnchecked(
  query: WireQuestion & Pick<ResolverQuery<never>, 'resolver' | 'timeoutMilliseconds' | 'signal'>,
): Promise<WireAnswer | null> {
  try {
    const answer = await queryServer({ ...query, server: query.resolver, role: 'unchecked' });
    return answer.rcode === 'NOERROR' || answer.rcode === 'NXDOMAIN' ? answer : null;
  } catch (error) {
    if (error instanceof DnsError) return null;
    throw error;
  }
}

function readFailure<T>(error: unknown, query: ResolverQuery<T>): ResolverAnswer<T> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  if (code === 'ENODATA') return { kind: 'no-data' };
  if (code === 'ENOTFOUND') return { kind: 'no-such-name' };

  const fail = (kind: DnsErrorKind, detail: string): never => {
    const question = `${query.name} ${query.type} at the resolver ${formatSocketAddress(query.resolver)}`;
    throw new DnsError(kind, question, detail, { cause: error });
  };
  if (error instanceof DeadlineError) return fail('timeout', error.message);
  if (code === 'ETIMEOUT') return fail('timeout', `no answer within ${query.timeoutMilliseconds / 1000} s`);
  if (code === 'ECONNREFUSED') return fail('refused-connection', 'connection refused');
  if (code === 'EBADRESP') return fail('malformed', 'an answer that cannot be decoded');
  if (code === 'ESERVFAIL' || code === 'EREFUSED' || code === 'EFORMERR' || code === 'ENOTIMP') {
    return fail('rcode', code.slice(1));
  }
  return fail('unreachable', `cannot be queried (${code ?? String(error)})`);
}
