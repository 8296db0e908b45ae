/** A way to a DNS server that a test can break. Over UDP everything passes; TCP is the proxy's to lose. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import type { SocketAddress } from '../../../src/dns/socket-address.ts';
import { startTcpProxy } from '../../tcp-proxy.ts';
import type { TcpProxy } from '../../tcp-proxy.ts';

export interface LossyRelay extends AsyncDisposable {
  server: SocketAddress;
  tcp: TcpProxy;
}

export async function startLossyRelay(target: SocketAddress): Promise<LossyRelay> {
  await using started = new AsyncDisposableStack();
  const tcp = started.use(await startTcpProxy(`${target.address}:${target.port}`));
  const { hostname: address, port: portText } = new URL(`tcp://${tcp.address}`);
  const port = Number(portText);

  const udp = createSocket('udp4');
  started.defer(() => {
    udp.close();
  });
  udp.on('message', (query, client) => {
    const upstream = createSocket('udp4');
    upstream.on('message', (answer) => {
      udp.send(answer, client.port, client.address);
      upstream.close();
    });
    upstream.send(query, target.port, target.address);
  });
  udp.bind(port, address);
  await once(udp, 'listening');

  const kept = started.move();
  return { server: { address, port }, tcp, [Symbol.asyncDispose]: async () => await kept.disposeAsync() };
}
