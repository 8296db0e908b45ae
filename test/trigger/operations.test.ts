import { expect, it, vi } from 'vitest';

import { workflowIdFor } from '../../src/contract/names/ids.ts';
import { createWorld, waitOptions } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { actions } from '../../src/trigger/callers.ts';
import { Client, Connection } from '@temporalio/client';
import { call, newToken, startTrigger } from './trigger-world.ts';

async function setUp(client: (world: World) => Client = (world) => world.client) {
  const world = await createWorld({ nameServerLagSeconds: [0] });
  const { token, bearerSha256 } = newToken();
  const alice = { name: 'alice', bearerSha256, accounts: [world.accountId], actions: [...actions] };
  const trigger = await startTrigger(client(world), [alice]);
  return {
    world,
    handle: world.client.workflow.getHandle(workflowIdFor(world.accountId, 'example.com')),
    ask: async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
      await call(trigger.url, token, method, path, body),
    async [Symbol.asyncDispose]() {
      await trigger[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

it('a person starts, joins, watches and cancels an onboarding', async () => {
  await using scene = await setUp();
  const { world, ask, handle } = scene;
  const slow = world.input({ polling: { firstSeconds: 3000, growth: 0.1, maxSeconds: 3000 } });
  const started = await ask('POST', '/onboardings', slow);
  expect(started).toMatchObject({ status: 202, body: { outcome: 'started' } });
  expect(await ask('POST', '/onboardings', slow)).toMatchObject({ status: 202, body: { outcome: 'joined' } });
  expect(await ask('POST', '/onboardings', { ...slow, dnsProvider: 'manual' })).toMatchObject({
    status: 409,
    body: { detail: 'A run for this domain is under way with another input' },
  });

  await world.startWorker();
  const location = started.headers.get('location') ?? '';
  const waiting = await vi.waitFor(async () => {
    const view = await ask('GET', location);
    expect(view.body).toMatchObject({ state: 'running', status: { phase: 'waiting-for-verification' } });
    return view;
  }, waitOptions);
  expect(waiting.status).toBe(200);
  expect((await ask('POST', '/onboardings/Example.COM./check-now')).status).toBe(202);
  await world.waitForStatus(handle, ({ verification, phase }) => verification.checks > 0 || phase === 'enabled');

  await ask('DELETE', '/onboardings/example.com');
  await handle.result().catch(() => null);
  const ended = await ask('GET', location);
  expect(ended.body).not.toMatchObject({ state: 'running' });
  expect(await ask('DELETE', '/onboardings/example.com')).toMatchObject({
    status: 409,
    body: { detail: 'It has ended' },
  });
});

it('a yes is recorded with who gave it and for whom, and comes once', async () => {
  await using scene = await setUp();
  const { world, ask, handle } = scene;
  await world.startWorker();
  await ask('POST', '/onboardings', world.input({ enablement: 'after-approval' }));
  await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');

  const answer = { answer: 'approve', reason: 'change 4711', by: 'bob@example.com' };
  const approved = await ask('POST', '/onboardings/example.com/approval', answer);
  expect(approved).toMatchObject({
    status: 200,
    body: { answer: { kind: 'approved', by: 'bob@example.com (by way of alice)', reason: 'change 4711' } },
  });
  await expect(handle.result()).resolves.toMatchObject({ enabled: true });
  expect((await ask('POST', '/onboardings/example.com/approval', answer)).status).toBe(409);
});

it('a no is recorded, and undoes', async () => {
  await using scene = await setUp();
  const { world, ask, handle } = scene;
  await world.startWorker();
  await ask('POST', '/onboardings', world.input({ enablement: 'after-approval' }));
  const no = { answer: 'reject', reason: 'not today' };
  const early = await ask('POST', '/onboardings/example.com/approval', no);
  expect(early).toMatchObject({ status: 409, body: { title: 'Conflict' } });
  await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
  expect(await ask('POST', '/onboardings/example.com/approval', no)).toMatchObject({
    status: 200,
    body: { answer: { kind: 'rejected', by: 'alice' } },
  });
  await expect(handle.result()).rejects.toThrow();
});

it('a confirmation ends the window', async () => {
  await using scene = await setUp();
  const { world, ask, handle } = scene;
  await world.startWorker();
  await ask('POST', '/onboardings', world.input({ confirmWithinSeconds: 600 }));
  await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-confirmation');
  const confirmed = await ask('POST', '/onboardings/example.com/confirmation', { reason: 'I am in' });
  expect(confirmed).toMatchObject({ status: 200, body: { confirmed: { by: 'alice', reason: 'I am in' } } });
  await expect(handle.result()).resolves.toMatchObject({ enabled: true });
});

it('an answer that no worker takes is reported as not recorded, with a time to try again', async () => {
  await using scene = await setUp();
  const { world, ask } = scene;
  await ask('POST', '/onboardings', world.input());
  const { status, headers, body } = await ask('POST', '/onboardings/example.com/confirmation', { reason: 'I am in' });
  expect(status).toBe(503);
  expect(body).toMatchObject({ detail: 'Not recorded: no worker took it in time' });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});

it('while Temporal cannot be reached every operation says when to try again, and afterwards all is as before', async () => {
  const { address } = await (async () => {
    await using world = await createWorld();
    return { address: world.environment['TEMPORAL_ADDRESS'] ?? '' };
  })();
  await using proxy = await startTcpProxy(address);
  const connection = Connection.lazy({ address: proxy.address });
  await using scene = await setUp(
    (world) => new Client({ connection, namespace: world.environment['TEMPORAL_NAMESPACE'] ?? '' }),
  );
  const { world, ask } = scene;
  await proxy.cut();
  const asked = await Promise.all([
    ask('POST', '/onboardings', world.input()),
    ask('GET', '/onboardings/example.com'),
    ask('DELETE', '/onboardings/example.com'),
  ]);
  for (const { status, headers, body } of asked) {
    expect(body).toEqual({ type: 'about:blank', title: 'Not available now', status: 503 });
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  await proxy.heal();
  await vi.waitFor(async () => {
    expect((await ask('POST', '/onboardings', world.input())).status).toBe(202);
  }, waitOptions);
  await connection.close();
});

it('a person off-boards a domain, and is told what stands in the way of an onboarding meanwhile', async () => {
  await using scene = await setUp();
  const { world, ask, handle } = scene;
  await world.startWorker();
  await (await world.start(world.input())).result();
  const { accountId, emailDomain, pace } = world.input();
  const leaving = { accountId, emailDomain, pace, disablement: 'after-approval' };
  expect(await ask('POST', '/offboardings', leaving)).toMatchObject({ status: 202, body: { outcome: 'started' } });
  expect(await ask('POST', '/offboardings', leaving)).toMatchObject({ status: 202, body: { outcome: 'joined' } });
  await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
  expect(await ask('POST', '/onboardings', world.input())).toMatchObject({
    status: 409,
    body: { detail: 'An off-boarding of this domain is under way' },
  });
  const yes = { answer: 'approve', reason: 'the company was sold' };
  // Somebody's old ticket asked whether to enable it.
  expect(await ask('POST', '/onboardings/example.com/approval', yes)).toMatchObject({
    status: 409,
    body: { detail: 'What is under way is an off-boarding, and this answers an onboarding' },
  });
  const forThis = { ...yes, story: 'offboarding' };
  expect(await ask('POST', '/onboardings/example.com/approval', { ...forThis, runId: 'another' })).toMatchObject({
    status: 409,
  });
  expect(await ask('POST', '/onboardings/example.com/check-now')).toMatchObject({
    status: 409,
    body: { detail: 'Only an onboarding waits for a next look, and this is an off-boarding' },
  });
  expect(await ask('POST', '/onboardings/example.com/approval', forThis)).toMatchObject({ status: 200 });
  await handle.result();
  expect(world.simulator.account.connectors.list()).toEqual([]);
  expect((await ask('GET', '/onboardings/example.com')).body).toMatchObject({
    story: 'offboarding',
    state: 'completed',
    result: { left: [] },
  });
});
