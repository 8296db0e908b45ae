/** A TCP proxy that a test can break: what an unreachable service, or a lost answer, looks like from outside. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

import { vi } from 'vitest';

import { waitOptions } from './onboarding-world.ts';

export interface TcpProxy extends AsyncDisposable {
  /** `ip:port` */
  readonly address: string;
  /** Resets every connection and takes no new one. */
  cut: () => Promise<void>;
  /** Takes connections again, on the same port. */
  heal: () => Promise<void>;
  /** Holds back what comes from the target, or whatever comes from either side, for good. */
  freeze: (what: 'answers' | 'everything') => void;
}

/** @param target `host:port` */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port: targetPort } = new URL(`tcp://${target}`);
  const pairs = new Set<{ client: Socket; upstream: Socket }>();
  let frozen: 'nothing' | 'answers' | 'everything' = 'nothing';

  function applyFreeze({ client, upstream }: { client: Socket; upstream: Socket }): void {
    if (frozen !== 'nothing') upstream.pause();
    if (frozen === 'everything') client.pause();
  }

  function join(client: Socket): void {
    const pair = { client, upstream: connect(Number(targetPort), hostname) };
    const { upstream } = pair;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (bytes) => to.write(bytes));
      // An error is followed by "close".
      from.on('error', () => {});
      from.on('close', end);
    }
    applyFreeze(pair);
  }

  async function listen(port: number): Promise<Server> {
    const server = createServer(join).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  let server = await listen(0);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('A TCP server has a port');
  const { port } = bound;

  async function cut(): Promise<void> {
    const closed = server.listening ? once(server, 'close') : null;
    server.close();
    for (const { client, upstream } of pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
    await closed;
  }

  return {
    address: `127.0.0.1:${port}`,
    cut,
    async heal() {
      // A connection that somebody has opened meanwhile can have been given this port.
      server = await vi.waitFor(async () => await listen(port), waitOptions);
    },
    freeze(what) {
      frozen = what;
      for (const pair of pairs) applyFreeze(pair);
    },
    [Symbol.asyncDispose]: cut,
  };
}
