/** A worker that gets SIGTERM, and outages of Temporal and Cloudflare, while a call is in progress. */
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { SimulatorOptions } from '../../../simulator/simulator.ts';
import { createWorld } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import {
  realMain,
  startSharedWorkerProcess,
  startTemporalServer,
  startWorkerProcess,
} from '../../support/processes.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { createReport, runCells, runCellsTogether } from '../cells.ts';
import { endingOf, expectEnabledOnce, hangsAfter, snapshotOf } from '../endings.ts';
import type { Snapshot } from '../endings.ts';
import { holdCall, releaseCalls } from '../kill-points.ts';
import { nameCall, recordCalls } from '../recorded-calls.ts';
import type { RecordedCall } from '../recorded-calls.ts';
import { waitingForDns } from '../stages.ts';
import { killTimings, recordOnboarding, writingCalls } from './recorded-runs.ts';

const atOnce = 8;
// For a busy machine: a run that hangs fails its cell long before.
vi.setConfig({ testTimeout: 10 * 60_000 });

const timings = timingVariables(killTimings);
let onboarding: RecordedCall[] = [];

beforeAll(async () => {
  onboarding = await recordOnboarding();
}, 2 * hangsAfter.timeout);

const { report, show } = createReport();
afterAll(show);

describe.concurrent('a worker that gets SIGTERM while a call is in progress', () => {
  it('reports the call, ends with 0, and the next worker continues from there', async () => {
    const writes = writingCalls(onboarding);
    const rows = await runCells(writes, atOnce, {
      name: nameCall,
      run: async (call) => {
        await using world = await createWorld({}, { timings });
        const { simulator } = world;
        const before = snapshotOf(simulator);
        const held = holdCall(simulator, call, 'before');
        await using worker = startWorkerProcess({ ...world.environment, LOG_LEVEL: 'INFO' }, realMain);
        const handle = await world.start(world.input());
        await worker.during(held());
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
        expect(writingCalls(made).map(nameCall)).toEqual(writes.map(nameCall));
        return kind;
      },
    });
    report('Told to end', rows);
  });
});

/** A run on a Temporal server of the test's own, and an account that its worker reaches through a proxy. */
interface Exposed {
  doing: string;
  world: World;
  cloudflare: TcpProxy;
  /** What its worker needs. */
  environment: Record<string, string>;
  before: Snapshot;
  /** Waits until the run has come to where it is interrupted. */
  reached: (handle: WorkflowHandle) => Promise<void>;
}

async function expose(
  address: string,
  doing: string,
  options: SimulatorOptions,
  arrange: (world: World) => Exposed['reached'],
): Promise<Exposed & AsyncDisposable> {
  const world = await createWorld(options, { timings, address });
  const { host, pathname } = new URL(world.simulator.baseUrl);
  const cloudflare = await startTcpProxy(host);
  return {
    doing,
    world,
    cloudflare,
    environment: { ...world.environment, CLOUDFLARE_BASE_URL: `http://${cloudflare.address}${pathname}` },
    before: snapshotOf(world.simulator),
    reached: arrange(world),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await cloudflare[Symbol.asyncDispose]();
    },
  };
}

async function exposeWrites(address: string): Promise<(Exposed & AsyncDisposable)[]> {
  return await Promise.all(
    writingCalls(onboarding).map(
      async (call) => await expose(address, nameCall(call), {}, ({ simulator }) => holdCall(simulator, call, 'after')),
    ),
  );
}

const environmentsOf = (runs: readonly Exposed[]) => runs.map(({ environment }) => environment);

describe.concurrent('an outage', () => {
  it('of Temporal, whose server is killed while a call is in progress, or a timer', async () => {
    await using disposal = new AsyncDisposableStack();
    const server = disposal.use(await startTemporalServer());
    const timer = await expose(server.address, 'a timer', waitingForDns.simulator ?? {}, waitingForDns.arrange);
    const runs = [...(await exposeWrites(server.address)), timer];
    for (const run of runs) disposal.use(run);
    // The real main for one of them: what it adds to its workers is the same whatever they do.
    const [first, ...others] = environmentsOf(runs);
    const main = disposal.use(startWorkerProcess(first ?? {}, realMain));
    const shared = disposal.use(startSharedWorkerProcess(others));
    const duringBoth = async <Result>(waiting: Promise<Result>) => await main.during(shared.during(waiting));

    const restart = async () => {
      await server.killNow();
      for (const { world } of runs) await releaseCalls(world.simulator);
      for (const nameServer of timer.world.simulator.nameServers) nameServer.lagSeconds = 0;
      await server.startAgain();
    };
    const rows = await runCellsTogether(runs, restart, {
      name: ({ doing }) => doing,
      run: async ({ world, before, reached }, restarted) => {
        const handle = await world.start(world.input());
        await duringBoth(reached(handle));
        await restarted();
        const { kind } = await duringBoth(endingOf(handle));
        expect(kind).toBe('enabled');
        expectEnabledOnce(world.simulator, before);
        return kind;
      },
    });
    report('Temporal killed', rows);
  });

  it('of Cloudflare, which cannot be reached for a while', async () => {
    const cells = writingCalls(onboarding).flatMap((call) =>
      (['before', 'after'] as const).map((when) => ({ call, when })),
    );
    const rows = await runCells(cells, atOnce, {
      name: ({ call, when }) => `${nameCall(call)}, cut off ${when} its effect`,
      run: async ({ call, when }) => {
        await using world = await createWorld({}, { timings });
        const { simulator } = world;
        const before = snapshotOf(simulator);
        const { host, pathname } = new URL(simulator.baseUrl);
        await using proxy = await startTcpProxy(host);
        const held = holdCall(simulator, call, when);
        await world.startWorker({ CLOUDFLARE_BASE_URL: `http://${proxy.address}${pathname}` });
        const handle = await world.start(world.input());
        await held();
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
    await using disposal = new AsyncDisposableStack();
    const server = disposal.use(await startTemporalServer());
    const runs = await exposeWrites(server.address);
    for (const run of runs) disposal.use(run);
    const worker = disposal.use(startSharedWorkerProcess(environmentsOf(runs)));
    let { during } = worker;

    const interrupt = async () => {
      await Promise.all([
        server.killNow(),
        worker.killNow(),
        ...runs.map(async ({ cloudflare }) => await cloudflare.cut()),
      ]);
      for (const { world } of runs) await releaseCalls(world.simulator);
      await server.startAgain();
      ({ during } = disposal.use(startSharedWorkerProcess(environmentsOf(runs))));
      for (const { cloudflare } of runs) await cloudflare.heal();
    };
    const rows = await runCellsTogether(runs, interrupt, {
      name: ({ doing }) => doing,
      run: async ({ world, before, reached }, interrupted) => {
        const handle = await world.start(world.input());
        await during(reached(handle));
        await interrupted();
        const { kind } = await during(endingOf(handle));
        expect(kind).toBe('enabled');
        expectEnabledOnce(world.simulator, before);
        return kind;
      },
    });
    report('Everything at once', rows);
  });
});
