/** A way to a DNS server that a test can break: what is lost over TCP, and what is refused over UDP. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import type { SocketAddress } from '../../../src/dns/wire/socket-address.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';

export interface LossyRelay extends AsyncDisposable {
  server: SocketAddress;
  tcp: TcpProxy;
  /** The first so many answers over UDP pass; every later one says REFUSED, as that of a server that reloads. */
  refuseAfter: (answers: number) => void;
}

export async function startLossyRelay(target: SocketAddress): Promise<LossyRelay> {
  await using started = new AsyncDisposableStack();
  const tcp = started.use(await startTcpProxy(`${target.address}:${target.port}`));
  const { hostname: address, port: portText } = new URL(`tcp://${tcp.address}`);
  const port = Number(portText);

  let passing = Infinity;
  const udp = createSocket('udp4');
  started.defer(() => {
    udp.close();
  });
  udp.on('message', (query, client) => {
    const upstream = createSocket('udp4');
    upstream.on('message', (answer) => {
      passing -= 1;
      if (passing < 0) refuse(answer);
      udp.send(answer, client.port, client.address);
      upstream.close();
    });
    upstream.send(query, target.port, target.address);
  });
  udp.bind(port, address);
  await once(udp, 'listening');

  const kept = started.move();
  return {
    server: { address, port },
    tcp,
    refuseAfter: (answers) => {
      passing = answers;
    },
    [Symbol.asyncDispose]: async () => await kept.disposeAsync(),
  };
}

/** Without authority, and with the rcode 5 (RFC 1035 §4.1.1). */
function refuse(answer: Buffer): void {
  answer.writeUInt8(answer.readUInt8(2) & ~0x04, 2);
  answer.writeUInt8((answer.readUInt8(3) & 0xf0) | 5, 3);
}
