/**
 * DNS servers for tests, scripted or with zones, on real sockets: UDP and TCP on one port of several loopback
 * addresses.
 */
import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server as TcpServer, Socket as TcpSocket } from 'node:net';

import { decode, encode } from 'dns-packet';
import type { Answer, DecodedPacket } from 'dns-packet';

export type Transport = 'udp' | 'tcp';

export interface Query {
  name: string;
  type: string;
  transport: Transport;
  /** The whole query as it came, decoded. */
  packet: DecodedPacket;
}

export interface Reply {
  /** default: 0. */
  rcode?: number;
  aa?: boolean;
  ra?: boolean;
  answers?: Answer[];
  authorities?: Answer[];
  additionals?: Answer[];
  /** Instead of what the query had. */
  id?: number;
  questions?: DecodedPacket['questions'];
}

/** A reply, its raw bytes, or silence. */
export type Respond = (query: Query) => Reply | Buffer | null;

export interface DnsServers extends AsyncDisposable {
  port: number;
  /** What the server at this address was asked, in order. */
  queriesOf: (address: string) => Query[];
}

const authoritativeFlag = 1 << 10;
const truncatedFlag = 1 << 9;
const recursionFlag = 1 << 7;

export const nxdomain = 3;
export const servfail = 2;
export const refusedRcode = 5;

/** Starts a server at each address, all on one port that the system chooses. */
export async function startDnsServers(servers: Record<string, Respond>): Promise<DnsServers> {
  for (let attempt = 1; ; attempt += 1) {
    await using started = new AsyncDisposableStack();
    try {
      const queries = new Map<string, Query[]>();
      let port = 0;
      for (const [address, respond] of Object.entries(servers)) {
        const log: Query[] = [];
        queries.set(address, log);
        const answer = (message: Buffer, transport: Transport): Buffer | null => {
          const query = readQuery(message, transport);
          log.push(query);
          return writeReply(respond(query), query);
        };
        port = await listenOnTcp(started, { address, port }, answer);
        await listenOnUdp(started, { address, port }, answer);
      }
      const kept = started.move();
      return {
        port,
        queriesOf: (address) => queries.get(address) ?? [],
        [Symbol.asyncDispose]: async () => await kept.disposeAsync(),
      };
    } catch (error) {
      // The port that one address had free may be taken at another.
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken || attempt === 20) throw error;
    }
  }
}

type AnswerBytes = (message: Buffer, transport: Transport) => Buffer | null;

async function listenOnTcp(
  started: AsyncDisposableStack,
  { address, port }: { address: string; port: number },
  answer: AnswerBytes,
): Promise<number> {
  const connections = new Set<TcpSocket>();
  const server: TcpServer = createServer((socket: TcpSocket) => {
    connections.add(socket);
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    socket.on('data', (part: Buffer) => {
      received = Buffer.concat([received, part]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const reply = answer(received.subarray(2), 'tcp');
      if (reply) writeInParts(socket, reply);
    });
  });
  server.listen(port, address);
  await once(server, 'listening');
  started.defer(() => {
    server.close();
    for (const socket of connections) socket.destroy();
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('The server has no port.');
  return bound.port;
}

/** So that every answer over TCP has to be put together again: its length alone comes in two parts. */
function writeInParts(socket: TcpSocket, bytes: Buffer): void {
  socket.setNoDelay(true);
  const parts = [bytes.subarray(0, 1), bytes.subarray(1, 9), bytes.subarray(9)];
  const writeNext = (): void => {
    const part = parts.shift();
    if (!part || socket.destroyed) return;
    socket.write(part, () => setImmediate(writeNext));
  };
  writeNext();
}

async function listenOnUdp(
  started: AsyncDisposableStack,
  { address, port }: { address: string; port: number },
  answer: AnswerBytes,
): Promise<void> {
  const socket: UdpSocket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening').catch((error: unknown) => {
    socket.close();
    throw error;
  });
  started.defer(() => {
    socket.close();
  });
  socket.on('message', (message, peer) => {
    const reply = answer(message, 'udp');
    if (reply) socket.send(reply, peer.port, peer.address);
  });
}

function readQuery(message: Buffer, transport: Transport): Query {
  const packet = decode(message);
  const [question] = packet.questions ?? [];
  if (!question) throw new Error('The query asks nothing.');
  return { name: question.name, type: question.type, transport, packet };
}

function writeReply(reply: Reply | Buffer | null, { packet, transport }: Query): Buffer | null {
  if (reply === null) return null;
  const message = Buffer.isBuffer(reply) ? reply : encodeReply(reply, packet, { truncated: false });
  if (transport === 'tcp') return Buffer.isBuffer(reply) ? reply : frame(message);
  const edns = packet.additionals?.find((record) => record.type === 'OPT');
  if (Buffer.isBuffer(reply) || message.length <= (edns?.udpPayloadSize ?? 512)) return message;
  return encodeReply({ ...reply, answers: [], authorities: [], additionals: [] }, packet, { truncated: true });
}

function encodeReply(reply: Reply, query: DecodedPacket, { truncated }: { truncated: boolean }): Buffer {
  const { rcode = 0, aa = false, ra = false, answers = [], authorities = [], additionals = [] } = reply;
  return encode({
    type: 'response',
    id: reply.id ?? query.id,
    flags: rcode | (aa ? authoritativeFlag : 0) | (ra ? recursionFlag : 0) | (truncated ? truncatedFlag : 0),
    questions: reply.questions ?? query.questions,
    answers,
    authorities,
    additionals,
  });
}

/** A message as it goes over TCP. */
export function frame(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
