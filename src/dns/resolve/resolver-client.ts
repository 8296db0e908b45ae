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
  query: (resolver: Resolver) => Promise<T>;
}

const attempts = 2;

/**
 * Asks one recursive resolver, through node:dns: https://nodejs.org/api/dns.html#error-codes
 *
 * @throws {DnsError} when the resolver gave no answer that says whether there are records
 * @throws the reason of `signal` once it is aborted
 */
export async function queryResolver<T>(asked: ResolverQuery<T>): Promise<ResolverAnswer<T>> {
  const { timeoutMilliseconds, signal } = asked;
  try {
    const data = await runWithin(timeoutMilliseconds, signal, async (stop) => {
      const resolver = new Resolver({ timeout: Math.ceil(timeoutMilliseconds / attempts), tries: attempts });
      resolver.setServers([formatSocketAddress(asked.resolver)]);
      // The library's own time-outs grow with each try, so the deadline ends the query.
      const { promise: stopped, reject } = Promise.withResolvers<never>();
      stop.addEventListener(
        'abort',
        () => {
          reject(stop.reason);
          resolver.cancel();
        },
        { once: true },
      );
      return await Promise.race([asked.query(resolver), stopped]);
    });
    return { kind: 'data', data };
  } catch (error) {
    signal.throwIfAborted();
    return readFailure(error, asked);
  }
}

/**
 * What a resolver says when it does not validate DNSSEC; `null`: no answer, or again one that does not say whether
 * there are records.
 *
 * @throws the reason of `signal` once it is aborted
 */
export async function queryUnchecked(
  asked: WireQuestion & Pick<ResolverQuery<never>, 'resolver' | 'timeoutMilliseconds' | 'signal'>,
): Promise<WireAnswer | null> {
  try {
    const answer = await queryServer({ ...asked, server: asked.resolver, role: 'unchecked' });
    return answer.rcode === 'NOERROR' || answer.rcode === 'NXDOMAIN' ? answer : null;
  } catch (error) {
    if (error instanceof DnsError) return null;
    throw error;
  }
}

function readFailure<T>(error: unknown, asked: ResolverQuery<T>): ResolverAnswer<T> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  if (code === 'ENODATA') return { kind: 'no-data' };
  if (code === 'ENOTFOUND') return { kind: 'no-such-name' };

  const fail = (kind: DnsErrorKind, detail: string): never => {
    const question = `${asked.name} ${asked.type} at the resolver ${formatSocketAddress(asked.resolver)}`;
    throw new DnsError(kind, question, detail, { cause: error });
  };
  if (error instanceof DeadlineError) return fail('timeout', error.message);
  if (code === 'ETIMEOUT') return fail('timeout', `no answer within ${asked.timeoutMilliseconds / 1000} s`);
  if (code === 'ECONNREFUSED') return fail('refused-connection', 'connection refused');
  if (code === 'EBADRESP') return fail('malformed', 'an answer that cannot be decoded');
  if (code === 'ESERVFAIL' || code === 'EREFUSED' || code === 'EFORMERR' || code === 'ENOTIMP') {
    return fail('rcode', code.slice(1));
  }
  return fail('unreachable', `cannot be asked (${code ?? String(error)})`);
}
