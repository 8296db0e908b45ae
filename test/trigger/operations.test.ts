import { Client, Connection } from '@temporalio/client';
import { describe, expect, it, vi } from 'vitest';

import { workflowIdFor } from '../../src/contract/names/ids.ts';
import { createWorld, waitOptions } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { timingVariables } from '../support/timing-variables.ts';
import { bearerOf, call, domainPath, newToken, startTrigger } from './running-trigger.ts';
import type { Answer, Method } from './running-trigger.ts';

async function setUp(client: (world: World) => Client = (world) => world.client, timings: Record<string, string> = {}) {
  const world = await createWorld({ nameServerLagSeconds: [0] }, { timings });
  const token = newToken();
  const trigger = await startTrigger(client(world), { bearers: [bearerOf(token, [world.accountId])] });
  const ask = async (method: Method, path: string, body?: unknown) =>
    await call(trigger.url, token.token, method, path, body);
  const path = domainPath(world.accountId);
  return {
    world,
    path,
    handle: world.client.workflow.getHandle(workflowIdFor(world.accountId, 'example.com')),
    ask,
    /** Starts an onboarding, and answers the address of its run. */
    onboard: async (body: unknown = {}) => locationOf(await ask('POST', `${path}/onboarding`, body)),
    async [Symbol.asyncDispose]() {
      await trigger[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

function locationOf({ headers }: Answer): string {
  return headers.get('location') ?? '';
}

const slowPolling = timingVariables({ pollFirstSeconds: 3000, pollMaxSeconds: 3000 });

describe.concurrent('a bearer', () => {
  it('starts, joins, reads, checks and cancels an onboarding', async () => {
    await using scene = await setUp((world) => world.client, slowPolling);
    const { world, ask, handle, path } = scene;
    const started = await ask('POST', `${path}/onboarding`, {});
    const { runId } = await handle.describe();
    expect(started).toMatchObject({
      status: 202,
      body: { kind: 'onboarding', emailDomain: 'example.com', runId, outcome: 'started' },
    });
    const run = locationOf(started);
    expect(run).toBe(`${path}/runs/${runId}`);
    // The same after defaults.
    const joined = await ask('POST', `${path}/onboarding`, { enablement: 'automatic' });
    expect(joined).toMatchObject({ status: 200, body: { runId, outcome: 'joined' } });
    expect(locationOf(joined)).toBe(run);
    expect(await ask('POST', `${path}/onboarding`, { dnsProvider: 'manual' })).toMatchObject({
      status: 409,
      body: { detail: 'A run for this domain is in progress with another input' },
    });
    // No worker has run yet.
    expect(await ask('GET', run)).toMatchObject({ status: 200, body: { state: 'running', status: null } });

    await world.startWorker();
    await vi.waitFor(async () => {
      expect(await ask('GET', run)).toMatchObject({
        status: 200,
        body: { runId, state: 'running', status: { kind: 'onboarding', phase: 'waiting-for-verification' } },
      });
    }, waitOptions);
    expect((await ask('POST', run.replace('example.com', 'Example.COM.') + '/check')).status).toBe(202);
    await world.waitForStatus(handle, ({ verification, phase }) => verification.checks > 0 || phase === 'enabled');

    await ask('POST', `${run}/cancellation`);
    await handle.result().catch(() => null);
    expect((await ask('GET', run)).body).not.toMatchObject({ state: 'running' });
    expect((await ask('GET', path)).body).toEqual((await ask('GET', run)).body);
    for (const request of ['cancellation', 'check']) {
      expect(await ask('POST', `${run}/${request}`)).toMatchObject({
        status: 409,
        body: { detail: expect.stringMatching(/^The onboarding has ended: \w+, in the phase \w+$/u) as unknown },
      });
    }
  });

  it('approves once, and the answer records who and for whom', async () => {
    await using scene = await setUp();
    const { world, ask, handle, onboard } = scene;
    await world.startWorker();
    const run = await onboard({ enablement: 'after-approval' });
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');

    const answer = { decision: 'approve', reason: 'change 4711', by: 'bob@example.com' };
    expect(await ask('POST', `${run}/approval`, answer)).toMatchObject({
      status: 200,
      body: { answer: { kind: 'approved', by: 'bob@example.com (via alice)', reason: 'change 4711' } },
    });
    await expect(handle.result()).resolves.toMatchObject({ enabled: true });
    expect(await ask('POST', `${run}/approval`, answer)).toMatchObject({
      status: 409,
      body: { detail: 'The onboarding has ended: completed, in the phase enabled' },
    });
  });

  it('rejects, and the run undoes what it did', async () => {
    await using scene = await setUp();
    const { world, ask, handle, onboard } = scene;
    await world.startWorker();
    const run = await onboard({ enablement: 'after-approval' });
    const no = { decision: 'reject', reason: 'not today' };
    const early = await ask('POST', `${run}/approval`, no);
    expect(early).toMatchObject({ status: 409, body: { title: 'Conflict' } });
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
    expect(await ask('POST', `${run}/approval`, no)).toMatchObject({
      status: 200,
      body: { answer: { kind: 'rejected', by: 'alice' } },
    });
    await expect(handle.result()).rejects.toThrow();
    expect(await ask('POST', `${run}/approval`, no)).toMatchObject({
      status: 409,
      body: { detail: 'The onboarding has ended: failed, in the phase undone' },
    });
  });

  it('confirms', async () => {
    await using scene = await setUp();
    const { world, ask, handle, onboard } = scene;
    await world.startWorker();
    const run = await onboard({ confirmWithinSeconds: 600 });
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-confirmation');
    expect(await ask('POST', `${run}/confirmation`, { reason: 'I am in' })).toMatchObject({
      status: 200,
      body: { confirmed: { by: 'alice', reason: 'I am in' } },
    });
    await expect(handle.result()).resolves.toMatchObject({ enabled: true });
  });

  it('is told that an answer was not recorded if no worker accepted it, and when to try again', async () => {
    await using scene = await setUp();
    const { ask, onboard } = scene;
    const run = await onboard();
    const { status, headers, body } = await ask('POST', `${run}/confirmation`, { reason: 'I am in' });
    expect(status).toBe(503);
    expect(body).toMatchObject({ detail: expect.stringContaining('it was not recorded') as unknown });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('off-boards a domain, and an answer to the onboarding before does not count for it', async () => {
    await using scene = await setUp();
    const { world, ask, handle, path, onboard } = scene;
    await world.startWorker();
    const before = await onboard();
    await handle.result();
    const leaving = { disablement: 'after-approval' };
    const started = await ask('POST', `${path}/offboarding`, leaving);
    expect(started).toMatchObject({ status: 202, body: { kind: 'offboarding', outcome: 'started' } });
    const run = locationOf(started);
    expect(await ask('POST', `${path}/offboarding`, leaving)).toMatchObject({
      status: 200,
      body: { outcome: 'joined' },
    });
    await vi.waitFor(async () => {
      expect((await ask('GET', run)).body).toMatchObject({ phase: 'waiting-for-approval' });
    }, waitOptions);
    expect(await ask('POST', `${path}/onboarding`, {})).toMatchObject({
      status: 409,
      body: { detail: 'An off-boarding of this domain is in progress' },
    });
    const yes = { decision: 'approve', reason: 'the company was sold' };
    // An old ticket asked whether to enable it.
    expect(await ask('POST', `${before}/approval`, yes)).toMatchObject({
      status: 409,
      body: { detail: 'The onboarding has ended: completed, in the phase enabled' },
    });
    expect((await ask('POST', `${before}/cancellation`)).status).toBe(409);
    expect((await ask('POST', `${path}/runs/00000000-0000-4000-8000-000000000000/approval`, yes)).status).toBe(404);
    expect(await ask('POST', `${run}/check`)).toMatchObject({
      status: 409,
      body: { detail: 'Only an onboarding waits for a next check, but this is an off-boarding' },
    });
    expect(await ask('POST', `${run}/confirmation`, { reason: 'I am in' })).toMatchObject({
      status: 409,
      body: { detail: 'Only an onboarding is confirmed, but this is an off-boarding' },
    });
    expect(await ask('POST', `${run}/approval`, yes)).toMatchObject({ status: 200 });
    await handle.result();
    expect(world.simulator.account.connectors.list()).toEqual([]);
    expect((await ask('GET', path)).body).toMatchObject({
      kind: 'offboarding',
      state: 'completed',
      result: { left: [] },
    });
    expect((await ask('GET', before)).body).toMatchObject({ kind: 'onboarding', result: { enabled: true } });
  });

  it('may not say in the body what the address says', async () => {
    await using scene = await setUp();
    const { world, ask, path } = scene;
    const { accountId } = world;
    expect(await ask('POST', `${path}/onboarding`, { accountId, emailDomain: 'other.com' })).toMatchObject({
      status: 422,
      body: {
        problems: [
          { subject: 'accountId', problem: 'the address gives it', remedy: 'leave it out' },
          { subject: 'emailDomain', problem: 'the address gives it', remedy: 'leave it out' },
        ],
      },
    });
    expect((await ask('GET', path)).status).toBe(404);
  });
});

it('answers 503 and when to try again while Temporal cannot be reached, and goes on afterwards', async () => {
  const { address } = await (async () => {
    await using world = await createWorld();
    return { address: world.environment['TEMPORAL_ADDRESS'] ?? '' };
  })();
  await using proxy = await startTcpProxy(address);
  const connection = Connection.lazy({ address: proxy.address });
  await using scene = await setUp(
    (world) => new Client({ connection, namespace: world.environment['TEMPORAL_NAMESPACE'] ?? '' }),
  );
  const { world, ask, path } = scene;
  await proxy.cut();
  const run = `${path}/runs/00000000-0000-4000-8000-000000000000`;
  const answers = await Promise.all([
    ask('POST', `${path}/onboarding`, {}),
    ask('GET', path),
    ask('GET', `/v1/accounts/${world.accountId}/domains`),
    ask('POST', `${run}/cancellation`),
  ]);
  for (const { status, headers, body } of answers) {
    expect(body).toEqual({ type: 'about:blank', title: 'Not available', status: 503 });
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  await proxy.heal();
  await vi.waitFor(async () => {
    expect((await ask('POST', `${path}/onboarding`, {})).status).toBe(202);
  }, waitOptions);
  await connection.close();
});
