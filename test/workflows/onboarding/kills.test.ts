import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { onboardingTaskQueue, workflowIdFor, workflowTypes } from '../../../src/contract/names/ids.ts';
import type { OnboardingInput } from '../../../src/contract/schemas/onboarding-input.ts';
import { createWorld } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { realMain, startTemporalServer, startWorkerProcess } from '../../support/processes.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { createReport, runCells } from '../cells.ts';
import { endingOf, expectEnabledOnce, expectUndoneByCancel, hangsAfter, snapshotOf } from '../endings.ts';
import { holdCall, holdForKill, killAt, killPointsOf, releaseCalls } from '../kill-points.ts';
import type { KillPoint } from '../kill-points.ts';
import { nameCall, recordCalls } from '../recorded-calls.ts';
import type { RecordedCall } from '../recorded-calls.ts';
import { waitForCancelRequest, waitForUndoing, waitingForDns } from '../stages.ts';

/** Each worker process takes 150 MB, and a second of one core to start. */
const atOnce = 8;
// For a busy machine: what hangs is told by its cell.
vi.setConfig({ testTimeout: 20 * 60_000 });

/** Dead attempts are noticed within a second, and the same calls are made in every run. */
const pace = {
  retryFirstSeconds: 0.1,
  retryMaxSeconds: 0.5,
  authRetrySeconds: 0.5,
  throttledSeconds: 0.5,
  attemptSeconds: 4,
  heartbeatSeconds: 1,
  undoRetrySeconds: 0.2,
};

function inputFor(world: World): OnboardingInput {
  return world.input({ polling: { firstSeconds: 1, growth: 0.1, maxSeconds: 1 }, pace });
}

/** An attempt whose end Temporal has heard of needs no time-out, and one could strike before that on a busy machine. */
function inputForKill(world: World, point: KillPoint): OnboardingInput {
  const patient = { ...pace, attemptSeconds: 20, heartbeatSeconds: 20 };
  return point === 'untaken' ? { ...inputFor(world), pace: patient } : inputFor(world);
}

/** The calls of a whole run, and those of the undo of a run that was cancelled when it had just enabled. */
let forward: RecordedCall[] = [];
let undoing: RecordedCall[] = [];

beforeAll(async () => {
  await using world = await createWorld();
  await using worker = startWorkerProcess(world.environment);
  const handle = await world.start(inputFor(world));
  expect(await worker.during(endingOf(handle))).toEqual({ kind: 'enabled' });
  forward = await recordCalls(world.simulator.log.list(), handle);
  expect(await worker.stop()).toBe(0);

  await using other = await createWorld();
  const isReadBack = holdCall(other.simulator, readBack(), 'after');
  await other.startWorker();
  const cancelled = await other.start(inputFor(other));
  await isReadBack();
  const { length } = other.simulator.log.list();
  await cancelled.cancel();
  expect(await endingOf(cancelled)).toMatchObject({ kind: 'undone', report: { left: [] } });
  undoing = await recordCalls(other.simulator.log.list().slice(length), cancelled);
}, 2 * hangsAfter.timeout);

/** The last call of a whole run: whatever can be undone has happened. */
function readBack(): RecordedCall {
  const last = forward.at(-1);
  if (last?.activity !== 'getConnector') throw new Error('A run ends with reading the connector back');
  return last;
}

const writes = () => forward.filter(({ method }) => method !== 'GET');

interface Cell {
  call: RecordedCall;
  point: KillPoint;
}

function cellsOf(calls: readonly RecordedCall[]): Cell[] {
  return calls.flatMap((call) => killPointsOf(call).map((point) => ({ call, point })));
}

const nameCell = ({ call, point }: Cell) => `${nameCall(call)}, ${point}`;

const { report, show } = createReport();
afterAll(show);

describe('a worker killed at any point', () => {
  it('of a whole run: the next worker finishes it, once', async () => {
    const rows = await runCells(cellsOf(forward), atOnce, {
      name: nameCell,
      run: async ({ call, point }) => {
        await using world = await createWorld();
        const { simulator } = world;
        const before = snapshotOf(simulator);
        await using proxy = await startTcpProxy(inject('temporalAddress'));
        const isHeld = holdForKill(simulator, call, point);
        await using worker = startWorkerProcess({ ...world.environment, TEMPORAL_ADDRESS: proxy.address });
        const handle = await world.start(inputForKill(world, point));
        await worker.during(isHeld());
        await killAt({ call, simulator, handle, worker, proxy }, point);

        await world.startWorker();
        const { kind } = await endingOf(handle);
        expect(kind).toBe('enabled');
        expectEnabledOnce(simulator, before);
        await releaseCalls(simulator);
        expectEnabledOnce(simulator, before);
        return kind;
      },
    });
    report('Killed on the way', rows);
  });

  it('of an undo: the next worker finishes it, and all is as found', async () => {
    const rows = await runCells(cellsOf(undoing), atOnce, {
      name: nameCell,
      run: async ({ call, point }) => {
        await using world = await createWorld();
        const { simulator } = world;
        const before = snapshotOf(simulator);
        await using proxy = await startTcpProxy(inject('temporalAddress'));
        const isReadBack = holdCall(simulator, readBack(), 'after');
        await using worker = startWorkerProcess({ ...world.environment, TEMPORAL_ADDRESS: proxy.address });
        const handle = await world.start(inputForKill(world, point));
        await worker.during(isReadBack());
        const isHeld = holdForKill(simulator, call, point);
        await handle.cancel();
        await worker.during(isHeld());
        await killAt({ call, simulator, handle, worker, proxy }, point);

        await world.startWorker();
        const ending = await endingOf(handle);
        await releaseCalls(simulator);
        return expectUndoneByCancel(ending, simulator, before);
      },
    });
    report('Killed while undoing', rows);
  });
});

describe('a worker killed, and the run cancelled', () => {
  const orders = ['killed, then cancelled', 'cancelled, then killed before it is heard of'] as const;
  const effects = ['is there', 'comes while no worker is up', 'comes during the undo'] as const;

  it('takes back what was on its way', async () => {
    const cells = writes().flatMap((call) =>
      orders.flatMap((order) => effects.map((effect) => ({ call, order, effect }))),
    );
    const rows = await runCells(cells, atOnce, {
      name: ({ call, order, effect }) => `${nameCall(call)}, ${order}; the effect ${effect}`,
      run: async ({ call, order, effect }) => {
        await using world = await createWorld();
        const { simulator } = world;
        const before = snapshotOf(simulator);
        const isHeld = holdCall(simulator, call, effect === 'is there' ? 'after' : 'before');
        await using worker = startWorkerProcess(world.environment);
        // A heartbeat is what an attempt hears of a cancel by.
        const heartbeatSeconds = order === 'killed, then cancelled' ? 1 : 3;
        const handle = await world.start({ ...inputFor(world), pace: { ...pace, heartbeatSeconds } });
        await worker.during(isHeld());
        if (order === 'killed, then cancelled') await worker.killNow();
        await handle.cancel();
        if (order !== 'killed, then cancelled') await waitForCancelRequest(handle);
        await worker.killNow();
        if (effect !== 'comes during the undo') await releaseCalls(simulator);

        await world.startWorker();
        if (effect === 'comes during the undo') {
          await waitForUndoing(handle);
          await releaseCalls(simulator);
        }
        return expectUndoneByCancel(await endingOf(handle), simulator, before);
      },
    });
    report('Killed and cancelled', rows);
  });

  it('closes as cancelled when nothing had been written', async () => {
    const [read] = forward;
    if (read === undefined) throw new Error('A run makes calls');
    const rows = await runCells(orders, atOnce, {
      name: (order) => `${nameCall(read)}, ${order}`,
      run: async (order) => {
        await using world = await createWorld();
        const isHeld = holdCall(world.simulator, read, 'before');
        await using worker = startWorkerProcess(world.environment);
        const heartbeatSeconds = order === 'killed, then cancelled' ? 1 : 3;
        const handle = await world.start({ ...inputFor(world), pace: { ...pace, heartbeatSeconds } });
        await worker.during(isHeld());
        if (order === 'killed, then cancelled') await worker.killNow();
        await handle.cancel();
        if (order !== 'killed, then cancelled') await waitForCancelRequest(handle);
        await worker.killNow();
        await world.startWorker();
        const ending = await endingOf(handle);
        expect(ending).toEqual({ kind: 'cancelled' });
        return ending.kind;
      },
    });
    report('Killed and cancelled before anything was written', rows);
  });
});

describe('a worker told to end while a call is on its way', () => {
  it('reports the call, ends with 0, and the next worker goes on from there', async () => {
    const rows = await runCells(writes(), atOnce, {
      name: nameCall,
      run: async (call) => {
        await using world = await createWorld();
        const { simulator } = world;
        const before = snapshotOf(simulator);
        const isHeld = holdCall(simulator, call, 'before');
        await using worker = startWorkerProcess({ ...world.environment, LOG_LEVEL: 'INFO' }, realMain);
        // Long enough that no attempt ends while it is held.
        const handle = await world.start({ ...inputFor(world), pace: { ...pace, attemptSeconds: 60 } });
        await worker.during(isHeld());
        worker.kill('SIGTERM');
        await worker.during(vi.waitFor(() => expect(worker.stderr).toContain('STOPPING'), hangsAfter));
        await releaseCalls(simulator);
        expect(await worker.exited).toBe(0);
        expect(worker.stderr).toContain('Worker stopped');

        await world.startWorker();
        const { kind } = await endingOf(handle);
        expect(kind).toBe('enabled');
        expectEnabledOnce(simulator, before);
        const made = await recordCalls(simulator.log.list(), handle);
        expect(made.filter(({ method }) => method !== 'GET').map(nameCall)).toEqual(writes().map(nameCall));
        return kind;
      },
    });
    report('Told to end', rows);
  });
});

/** In the namespace `default` of a Temporal server of the test's own. */
async function startOn(address: string, world: World): Promise<{ handle: WorkflowHandle } & AsyncDisposable> {
  const connection = await Connection.connect({ address });
  const input = inputFor(world);
  const handle = await new Client({ connection }).workflow.start(workflowTypes.onboarding, {
    workflowId: workflowIdFor(input.accountId, input.emailDomain),
    taskQueue: onboardingTaskQueue,
    args: [input],
  });
  return { handle, [Symbol.asyncDispose]: async () => await connection.close() };
}

describe('an outage', () => {
  it('of Temporal, whose server is killed while a call is on its way', async () => {
    const rows = await runCells(writes(), 2, {
      name: nameCall,
      run: async (call) => {
        await using server = await startTemporalServer();
        await using world = await createWorld();
        const { simulator } = world;
        const before = snapshotOf(simulator);
        const isHeld = holdCall(simulator, call, 'after');
        const environment = { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'default' };
        await using worker = startWorkerProcess({ ...world.environment, ...environment }, realMain);
        await using started = await startOn(server.address, world);
        await worker.during(isHeld());
        await server.killNow();
        await releaseCalls(simulator);
        await server.startAgain();
        const { kind } = await worker.during(endingOf(started.handle));
        expect(kind).toBe('enabled');
        expectEnabledOnce(simulator, before);
        return kind;
      },
    });
    report('Temporal killed', rows);
  });

  it('of Temporal, whose server is killed while a timer runs', async () => {
    await using server = await startTemporalServer();
    await using world = await createWorld(waitingForDns.simulator);
    const { simulator } = world;
    const before = snapshotOf(simulator);
    const environment = { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'default' };
    await using worker = startWorkerProcess({ ...world.environment, ...environment });
    await using started = await startOn(server.address, world);
    await worker.during(waitingForDns.arrange(world)(started.handle));
    await server.killNow();
    for (const nameServer of simulator.nameServers) nameServer.lagSeconds = 0;
    await server.startAgain();
    expect(await worker.during(endingOf(started.handle))).toEqual({ kind: 'enabled' });
    expectEnabledOnce(simulator, before);
  });

  it('of Cloudflare, which cannot be reached for a while', async () => {
    const cells = writes().flatMap((call) => (['before', 'after'] as const).map((when) => ({ call, when })));
    const rows = await runCells(cells, atOnce, {
      name: ({ call, when }) => `${nameCall(call)}, cut off ${when} its effect`,
      run: async ({ call, when }) => {
        await using world = await createWorld();
        const { simulator } = world;
        const before = snapshotOf(simulator);
        const { host, pathname } = new URL(simulator.baseUrl);
        await using proxy = await startTcpProxy(host);
        const isHeld = holdCall(simulator, call, when);
        await world.startWorker({ CLOUDFLARE_BASE_URL: `http://${proxy.address}${pathname}` });
        const handle = await world.start(inputFor(world));
        await isHeld();
        await proxy.cut();
        await releaseCalls(simulator);
        await vi.waitFor(async () => {
          const [pending] = (await handle.describe()).raw.pendingActivities ?? [];
          expect(pending?.attempt).toBeGreaterThan(2);
          expect(pending?.lastFailure?.applicationFailureInfo?.type).toBe('CloudflareUnreachable');
        }, hangsAfter);
        await proxy.heal();
        const { kind } = await endingOf(handle);
        expect(kind).toBe('enabled');
        expectEnabledOnce(simulator, before);
        return kind;
      },
    });
    report('Cloudflare out of reach', rows);
  });

  it('of everything at once', async () => {
    const rows = await runCells(writes(), 2, {
      name: nameCall,
      run: async (call) => {
        await using server = await startTemporalServer();
        await using world = await createWorld();
        const { simulator } = world;
        const before = snapshotOf(simulator);
        const { host, pathname } = new URL(simulator.baseUrl);
        await using proxy = await startTcpProxy(host);
        const environment = {
          ...world.environment,
          TEMPORAL_ADDRESS: server.address,
          TEMPORAL_NAMESPACE: 'default',
          CLOUDFLARE_BASE_URL: `http://${proxy.address}${pathname}`,
        };
        const isHeld = holdCall(simulator, call, 'after');
        await using worker = startWorkerProcess(environment, realMain);
        await using started = await startOn(server.address, world);
        await worker.during(isHeld());
        await Promise.all([server.killNow(), worker.killNow(), proxy.cut()]);
        await releaseCalls(simulator);

        await server.startAgain();
        await using next = startWorkerProcess(environment);
        await proxy.heal();
        const { kind } = await next.during(endingOf(started.handle));
        expect(kind).toBe('enabled');
        expectEnabledOnce(simulator, before);
        return kind;
      },
    });
    report('Everything at once', rows);
  });
});
