import { randomInt } from 'node:crypto';

import type { SocketAddress } from '../dns/wire/socket-address.ts';
import { encodeQuery, hasId } from '../dns/wire/message.ts';
import type { QueryRole, WireQuestion } from '../dns/wire/message.ts';
import { exchangeOverTcp, exchangeOverUdp } from '../dns/wire/transport.ts';

export const transports = ['UDP', 'TCP'] as const;
export type Transport = (typeof transports)[number];

const resendMilliseconds = 1000;

/**
 * Resolves once a DNS server has answered over this transport, whatever the answer. Unlike a lookup, which switches from UDP
 * to TCP when needed, this shows which of the two is closed.
 *
 * @throws {Error} when the server cannot be reached, or sends no answer
 * @throws the reason of `stop` once it is aborted
 */
export async function probe(
  server: SocketAddress,
  transport: Transport,
  { role, stop, ...question }: WireQuestion & { role: QueryRole; stop: AbortSignal },
): Promise<void> {
  const id = randomInt(0x1_00_00);
  const message = { server, id, query: encodeQuery(id, question, { edns: true, role }), stop };
  const answer =
    transport === 'UDP' ? await exchangeOverUdp(message, resendMilliseconds) : await exchangeOverTcp(message);
  if (!hasId(answer, id)) throw new Error('an answer with another id');
}
