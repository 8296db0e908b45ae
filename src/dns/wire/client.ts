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
  /** `authority` unless told. */
  role?: QueryRole;
  /** For the whole exchange: UDP with its re-sends, and TCP. */
  timeoutMilliseconds: number;
  signal: AbortSignal;
}

const udpAttempts = 3;
/** How servers without EDNS say so: RFC 6891 §7, and §6.1.3 for the version. */
const rcodesWithoutEdns = new Set(['FORMERR', 'NOTIMP', 'BADVERS']);

/**
 * Asks one server what it knows by itself, or a resolver without validation (see `QueryRole`): over UDP with EDNS, over TCP when the answer was truncated. An answer
 * is any message that answers the question, whatever its rcode and whether it is authoritative or not.
 *
 * @throws {DnsError} `timeout`, `refused-connection`, `unreachable` or `malformed`
 * @throws the reason of `signal` once it is aborted
 */
export async function queryServer(asked: ServerQuery): Promise<WireAnswer> {
  try {
    return await runWithin(asked.timeoutMilliseconds, asked.signal, async (stop) => {
      const answer = await exchange(asked, stop, { edns: true });
      return rcodesWithoutEdns.has(answer.rcode) ? await exchange(asked, stop, { edns: false }) : answer;
    });
  } catch (error) {
    asked.signal.throwIfAborted();
    throw toDnsError(error, asked);
  }
}

async function exchange(asked: ServerQuery, stop: AbortSignal, { edns }: { edns: boolean }): Promise<WireAnswer> {
  const id = randomInt(0x1_00_00);
  const message = {
    server: asked.server,
    query: encodeQuery(id, asked, { edns, role: asked.role ?? 'authority' }),
    id,
    stop,
  };

  const datagram = await exchangeOverUdp({ ...message, resendMilliseconds: asked.timeoutMilliseconds / udpAttempts });
  if (!isTruncated(datagram)) return decode(datagram, asked);

  const stream = await exchangeOverTcp(message);
  if (!hasId(stream, id)) throw describe('malformed', 'an answer over TCP with another id', asked);
  if (isTruncated(stream)) throw describe('malformed', 'an answer truncated even over TCP', asked);
  return decode(stream, asked);
}

function decode(message: Buffer, asked: ServerQuery): WireAnswer {
  try {
    return decodeAnswer(message, asked);
  } catch (error) {
    throw describe('malformed', error instanceof Error ? error.message : String(error), asked, error);
  }
}

function toDnsError(error: unknown, asked: ServerQuery): DnsError {
  if (error instanceof DnsError) return error;
  if (error instanceof DeadlineError) return describe('timeout', error.message, asked, error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  if (code === 'ECONNREFUSED') return describe('refused-connection', 'connection refused', asked, error);
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  return describe('unreachable', `cannot be reached (${reason})`, asked, error);
}

function describe(kind: DnsError['kind'], detail: string, asked: ServerQuery, cause?: unknown): DnsError {
  const question = `${asked.name} ${asked.type} at ${formatSocketAddress(asked.server)}`;
  return new DnsError(kind, question, detail, cause === undefined ? undefined : { cause });
}
