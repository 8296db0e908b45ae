import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const tries = 20;

/** A port that is free for UDP and TCP at each of these addresses, as long as nobody takes it. */
export async function findFreePort(...addresses: string[]): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    await using held = new AsyncDisposableStack();
    try {
      let port = 0;
      for (const address of addresses) {
        port = await holdTcp(held, address, port);
        await holdUdp(held, address, port);
      }
      return port;
    } catch (error) {
      // What one address had free may be taken at another.
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!isTaken || attempt === tries) throw error;
    }
  }
}

async function holdTcp(held: AsyncDisposableStack, address: string, wanted: number): Promise<number> {
  const server = createServer().listen(wanted, address);
  await once(server, 'listening');
  held.defer(async () => {
    server.close();
    await once(server, 'close');
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('A TCP server has a port');
  return bound.port;
}

async function holdUdp(held: AsyncDisposableStack, address: string, port: number): Promise<void> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  held.defer(async () => {
    socket.close();
    await once(socket, 'close');
  });
  socket.bind(port, address);
  await once(socket, 'listening');
}
