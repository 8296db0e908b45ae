import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6 } from 'node:net';
import { type DecodedPacket, decode, encode } from 'dns-packet';
import { normalizeName } from './domain-name.ts';
import { frame } from './name-server.ts';
import { joinTxt } from './txt-content.ts';

/** Where a name server listens. */
export interface ServerAddress {
  address: string;
  port: number;
}

/**
 * The TXT values of a name as one authoritative server gives them: over UDP, over TCP where they do not fit.
 * Empty for an answer without authority. Throws when there is no answer, or when `signal` aborts.
 */
export async function queryTxt(server: ServerAddress, name: string, signal: AbortSignal): Promise<string[]> {
  const id = randomInt(0x1_00_00);
  const query = encode({ type: 'query', id, flags: 0, questions: [{ type: 'TXT', name }] });
  const overUdp = await askUdp(server, query, signal);
  const answer = overUdp.flag_tc ? await askTcp(server, query, signal) : overUdp;
  if (!answer.flag_aa || answer.id !== id) return [];
  return (answer.answers ?? []).flatMap((record) => {
    if (record.type !== 'TXT' || normalizeName(record.name) !== normalizeName(name)) return [];
    return [joinTxt([record.data].flat().map((string) => Buffer.from(string)))];
  });
}

async function askUdp(server: ServerAddress, query: Buffer, signal: AbortSignal): Promise<DecodedPacket> {
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

async function askTcp(server: ServerAddress, query: Buffer, signal: AbortSignal): Promise<DecodedPacket> {
  const socket = connect({ host: server.address, port: server.port, signal });
  try {
    socket.write(frame(query));
    let received = Buffer.alloc(0);
    for await (const bytes of socket) {
      received = Buffer.concat([received, bytes]);
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) return decode(received.subarray(2));
    }
    throw new Error(`${server.address}:${server.port} closed the connection without an answer`);
  } finally {
    socket.destroy();
  }
}
