import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

import { expect, it, vi } from 'vitest';

import { deliveryWorkflowType, workflowTypes } from '../../src/contract/names/ids.ts';
import { createWorld, waitOptions } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import { runProcess, startProcess } from '../support/run-process.ts';
import type { RunningProcess } from '../support/run-process.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { send, senderOf, sendSigned, sign, writeCallers } from './running-trigger.ts';

const main = ['src/trigger.ts'];

function environmentOf(world: World, path: string, changes: Record<string, string> = {}) {
  return { ...world.environment, TRIGGER_CALLERS_FILE: path, TRIGGER_ADDRESS: '127.0.0.1:0', ...changes };
}

/** Where the process says that it listens. */
async function addressOf(running: RunningProcess): Promise<string> {
  return await vi.waitFor(() => {
    const address = /"address":"(?<url>http[^"]+)"/u.exec(running.stderr)?.groups?.['url'];
    if (address === undefined) throw new Error(`not ready: ${running.stderr}`);
    return address;
  }, waitOptions);
}

async function setUp() {
  const world = await createWorld();
  const secret = newSecret();
  const file = await writeCallers({ senders: [senderOf(secret, [world.accountId])] });
  return {
    world,
    secret,
    path: file.path,
    async [Symbol.asyncDispose]() {
      await file[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

it('ends with every problem of its environment, each variable by name', async () => {
  const { code, stderr } = await runProcess(main, { TRIGGER_ADDRESS: '8080', LOG_LEVEL: 'LOUD' });
  expect(code).toBe(2);
  for (const variable of ['TRIGGER_CALLERS_FILE', 'TRIGGER_ADDRESS', 'LOG_LEVEL']) expect(stderr).toContain(variable);
});

/** Delays the answers of the target, so that for a time it has done something that its client does not know of. */
async function startSlowProxy(
  target: string,
  lateMilliseconds: number,
): Promise<{ address: string } & AsyncDisposable> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // An error is followed by "close".
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => setTimeout(() => client.destroyed || client.write(bytes), lateMilliseconds));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('A TCP server has a port');
  return {
    address: `127.0.0.1:${bound.port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

it('killed after Temporal has an event and before the answer, it gets the event again, and there is one run', async () => {
  await using scene = await setUp();
  const { world, secret, path } = scene;
  await using proxy = await startSlowProxy(world.environment['TEMPORAL_ADDRESS'] ?? '', 1000);
  await using first = startProcess(main, environmentOf(world, path, { TEMPORAL_ADDRESS: proxy.address }));
  await using second = startProcess(main, environmentOf(world, path));
  const [url, nextUrl] = [await addressOf(first), await addressOf(second)];
  const lost = sendSigned(url, world.input(), { secret, id: 'event-1' }).catch(() => null);
  const delivery = world.client.workflow.getHandle('sso-delivery/hr/event-1');
  await vi.waitFor(async () => await delivery.describe(), waitOptions);
  first.kill('SIGKILL');
  expect(await lost).toBeNull();

  const again = await sendSigned(nextUrl, world.input(), { secret, id: 'event-1' });
  expect(again).toMatchObject({ status: 202, body: { outcome: 'duplicate' } });
  await world.startWorker();
  await expect(delivery.result()).resolves.toMatchObject({ outcome: 'started' });
  expect(await countRuns(world.client, deliveryWorkflowType)).toBe(1);
  expect(await countRuns(world.client, workflowTypes.onboarding)).toBe(1);
});

it.each(['SIGTERM', 'SIGINT'] as const)(
  'on %s it answers the request in progress, accepts no more, and ends',
  async (signal) => {
    await using scene = await setUp();
    const { world, secret, path } = scene;
    await using running = startProcess(main, environmentOf(world, path));
    const url = new URL(await addressOf(running));
    const body = JSON.stringify(world.input());
    const headers = Object.entries({
      ...sign(body, { secret, id: 'event-1' }),
      host: url.host,
      'content-length': String(Buffer.byteLength(body)),
    });

    const socket = connect(Number(url.port), url.hostname);
    await once(socket, 'connect');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.write(
      `POST /v1/events/hr HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body.slice(0, 20)}`,
    );
    await vi.waitFor(async () => {
      // The process has the first half once it has answered a connection that was made later.
      const description = new URL('/v1/openapi.json', url).href;
      expect((await send(description, { headers: { connection: 'close' } })).status).toBe(200);
    }, waitOptions);
    running.kill(signal);
    await vi.waitFor(async () => {
      await expect(fetch(url)).rejects.toThrow();
    }, waitOptions);
    socket.write(body.slice(20));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 202 /u);
    expect(await running.exited).toBe(0);
    expect(running.stderr).toContain('Trigger stopped');
    expect(running.stdout + running.stderr).not.toContain(secret);
    expect(await countRuns(world.client, deliveryWorkflowType)).toBe(1);
  },
);
