import { randomInt } from 'node:crypto';

import { DeadlineError, runWithin } from './deadline.ts';
import { DnsError } from './dns-error.ts';
import { formatSocketAddress } from './socket-address.ts';
import type { SocketAddress } from './socket-address.ts';
import { decodeAnswer, encodeQuery, hasId, isTruncated } from './message.ts';
import type { QueryRole, WireAnswer, WireQuestion } from './message.ts';
import { exchangeOverTcp, exchangeOverUdp } from './transport.ts';

export interface ServerQuery extends WireQuestion {
  server: SocketAddress;
  /** Left out: `authority`. */
  role?: QueryRole;
  /** For the whole exchange: UDP with its retransmissions, and TCP. */
  timeoutMilliseconds: number;
  signal: AbortSignal;
}

const udpAttempts = 3;
/** The answers of servers without EDNS: RFC 6891 §7, and §6.1.3 for the version. */
const rcodesWithoutEdns = new Set(['FORMERR', 'NOTIMP', 'BADVERS']);

/**
 * Queries one server, in the role that `QueryRole` describes: over UDP with EDNS, and over TCP when the answer was truncated.
 * Any message that answers the question is an answer, whatever its rcode, authoritative or not.
 *
 * @throws {DnsError} `timeout`, `refused-connection`, `unreachable` or `malformed`
 * @throws the reason of `signal` once it is aborted
 */
export async function queryServer(query: ServerQuery): Promise<WireAnswer> {
  try {
    return await runWithin(query.timeoutMilliseconds, query.signal, async (stop) => {
      const answer = await exchange(query, stop, { edns: true });
      return rcodesWithoutEdns.has(answer.rcode) ? await exchange(query, stop, { edns: false }) : answer;
    });
  } catch (error) {
    query.signal.throwIfAborted();
    throw toDnsError(error, query);
  }
}

async function exchange(query: ServerQuery, stop: AbortSignal, { edns }: { edns: boolean }): Promise<WireAnswer> {
  const id = randomInt(0x1_00_00);
  const { server, role = 'authority' } = query;
  const message = { server, query: encodeQuery(id, query, { edns, role }), id, stop };

  const datagram = await exchangeOverUdp(message, query.timeoutMilliseconds / udpAttempts);
  if (!isTruncated(datagram)) return decode(datagram, query);

  const stream = await exchangeOverTcp(message);
  if (!hasId(stream, id)) throw describe('malformed', 'an answer over TCP with another id', query);
  if (isTruncated(stream)) throw describe('malformed', 'an answer truncated even over TCP', query);
  return decode(stream, query);
}

function decode(message: Buffer, query: ServerQuery): WireAnswer {
  try {
    return decodeAnswer(message, query);
  } catch (error) {
    throw describe('malformed', error instanceof Error ? error.message : String(error), query, error);
  }
}

function toDnsError(error: unknown, query: ServerQuery): DnsError {
  if (error instanceof DnsError) return error;
  if (error instanceof DeadlineError) return describe('timeout', error.message, query, error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  if (code === 'ECONNREFUSED') return describe('refused-connection', 'connection refused', query, error);
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  return describe('unreachable', `cannot be reached (${reason})`, query, error);
}

function describe(kind: DnsError['kind'], detail: string, query: ServerQuery, cause?: unknown): DnsError {
  return new DnsError(kind, describeQuestion(query), detail, cause === undefined ? undefined : { cause });
}

/** Such as `example.com SOA at 192.0.2.1:53`, for errors. */
export function describeQuestion({ name, type, server, role = 'authority' }: ServerQuery): string {
  return `${name} ${type} at ${role === 'authority' ? '' : 'the resolver '}${formatSocketAddress(server)}`;
}
