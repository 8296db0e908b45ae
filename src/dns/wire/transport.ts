import { createSocket } from 'node:dgram';
import { createConnection, isIPv6 } from 'node:net';

import type { SocketAddress } from './socket-address.ts';
import { hasId } from './message.ts';

interface WireExchange {
  server: SocketAddress;
  query: Buffer;
  /** The id in `query`. */
  id: number;
  /** Ends the exchange, which then rejects with the signal's reason. */
  stop: AbortSignal;
}

/**
 * Sends a query over UDP, and again after each interval, until a message with its id comes back. The socket is connected, so
 * that the kernel drops packets from other addresses and reports a closed port.
 *
 * @throws {NodeJS.ErrnoException} when the server cannot be reached
 */
export async function exchangeOverUdp(
  { server, query, id, stop }: WireExchange,
  resendMilliseconds: number,
): Promise<Buffer> {
  stop.throwIfAborted();
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const abort = (): void => reject(stop.reason);
  const send = (): void => socket.send(query, (error) => (error ? reject(error) : undefined));
  let timer: NodeJS.Timeout | undefined;

  stop.addEventListener('abort', abort, { once: true });
  socket.on('error', reject);
  socket.on('message', (message) => (hasId(message, id) ? resolve(message) : undefined));
  socket.connect(server.port, server.address, (error?: Error) => {
    if (error) {
      reject(error);
      return;
    }
    send();
    timer = setInterval(send, resendMilliseconds);
  });
  try {
    return await promise;
  } finally {
    clearInterval(timer);
    stop.removeEventListener('abort', abort);
    socket.close();
  }
}

/**
 * Sends a query over TCP, prefixed with its length (RFC 1035 §4.2.2), and reads one whole message.
 *
 * @throws {NodeJS.ErrnoException} when the server cannot be reached, or closes the connection early
 */
export async function exchangeOverTcp({ server, query, stop }: WireExchange): Promise<Buffer> {
  stop.throwIfAborted();
  const socket = createConnection({ host: server.address, port: server.port });
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const abort = (): void => reject(stop.reason);
  let received = Buffer.alloc(0);

  stop.addEventListener('abort', abort, { once: true });
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('the TCP connection was closed before the whole answer')));
  socket.on('data', (part: Buffer) => {
    received = Buffer.concat([received, part]);
    if (received.length < 2) return;
    const end = 2 + received.readUInt16BE(0);
    if (received.length >= end) resolve(received.subarray(2, end));
  });
  socket.on('connect', () => socket.write(frame(query)));
  try {
    return await promise;
  } finally {
    stop.removeEventListener('abort', abort);
    socket.destroy();
  }
}

function frame(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
