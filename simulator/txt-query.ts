import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6 } from 'node:net';
import { type DecodedPacket, decode, encode } from 'dns-packet';
import { normaliseName } from './domain-name.ts';
import { frame, splitFrames } from './tcp-framing.ts';
import { joinTxt } from './txt-content.ts';

/** Where a name server listens: an IP address and a port, for UDP and TCP. */
export interface ServerAddress {
  address: string;
  port: number;
}

/**
 * The TXT values of a name at one authoritative server, queried over UDP, then over TCP if truncated. Empty when the
 * response has no AA flag.
 *
 * @throws when the server sends no valid response, or `signal` aborts
 */
export async function queryTxt(server: ServerAddress, name: string, signal: AbortSignal): Promise<string[]> {
  const id = randomInt(0x1_00_00);
  const query = encode({ type: 'query', id, flags: 0, questions: [{ type: 'TXT', name }] });
  const udpResponse = await queryOverUdp(server, query, signal);
  const response = udpResponse.flag_tc ? await queryOverTcp(server, query, signal) : udpResponse;
  if (!response.flag_aa || response.id !== id) return [];
  return (response.answers ?? []).flatMap((record) => {
    if (record.type !== 'TXT' || normaliseName(record.name) !== normaliseName(name)) return [];
    return [joinTxt([record.data].flat().map((string) => Buffer.from(string)))];
  });
}

async function queryOverUdp(server: ServerAddress, query: Buffer, signal: AbortSignal): Promise<DecodedPacket> {
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  try {
    socket.connect(server.port, server.address);
    await once(socket, 'connect', { signal });
    socket.send(query);
    const event: unknown[] = await once(socket, 'message', { signal });
    const [message] = event;
    if (!Buffer.isBuffer(message)) throw new TypeError('a datagram is a Buffer');
    return decode(message);
  } finally {
    socket.close();
  }
}

async function queryOverTcp(server: ServerAddress, query: Buffer, signal: AbortSignal): Promise<DecodedPacket> {
  const socket = connect({ host: server.address, port: server.port, signal });
  try {
    socket.write(frame(query));
    let received: Buffer = Buffer.alloc(0);
    for await (const bytes of socket) {
      received = Buffer.concat([received, bytes]);
      const [message] = splitFrames(received).messages;
      if (message !== undefined) return decode(message);
    }
    throw new Error(`${server.address}:${server.port} closed the connection without a response`);
  } finally {
    socket.destroy();
  }
}
