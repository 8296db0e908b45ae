import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface BlackHole extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
}

/** Takes every question and answers none. */
export async function startBlackHole(): Promise<BlackHole> {
  const address = '127.0.0.1';
  const socket = createSocket('udp4').bind(0, address);
  await once(socket, 'listening');
  return {
    address,
    port: socket.address().port,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}
