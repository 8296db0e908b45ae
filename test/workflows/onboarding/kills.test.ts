/** A worker is killed at every call of a run, of an undo, and of a run that is cancelled at the same time. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { timingVariables } from '../../support/timing-variables.ts';
import { createReport } from '../cells.ts';
import { endingOf, expectEnabledOnce, expectUndoneByCancel, hangsAfter, snapshotOf } from '../endings.ts';
import { createPool } from '../fault-matrix/pool.ts';
import { holdCall, holdForKill, killPointsOf, reachKillPoint, releaseCalls, settleHeldCall } from '../kill-points.ts';
import type { KillPoint } from '../kill-points.ts';
import { killTogether } from '../kill-together.ts';
import type { KillCell } from '../kill-together.ts';
import { nameCall } from '../recorded-calls.ts';
import type { RecordedCall } from '../recorded-calls.ts';
import { waitForCancelRequest, waitForUndoing } from '../stages.ts';
import { killTimings, readBackOf, recordOnboarding, recordUndo, writingCalls } from './recorded-runs.ts';

/** Most of a cell is waiting. Each process takes 150 MB, and a second of one core to start. */
const processesAtOnce = 6;
const inPool = createPool(processesAtOnce);
const workersPerProcess = 8;
// For a busy machine: a run that hangs fails its cell long before.
vi.setConfig({ testTimeout: 20 * 60_000 });

let onboarding: RecordedCall[] = [];
let undo: RecordedCall[] = [];

beforeAll(async () => {
  onboarding = await recordOnboarding();
  undo = await recordUndo(onboarding);
}, 2 * hangsAfter.timeout);

const { report, show } = createReport();
afterAll(show);

/** Longer for an attempt whose result Temporal gets: it needs no timeout, and must not reach one before on a busy machine. */
function timingsFor(point: KillPoint): Record<string, string> {
  return timingVariables(point === 'untaken' ? { ...killTimings, heartbeatSeconds: 10 } : killTimings);
}

function cellsOf(
  calls: readonly RecordedCall[],
  run: (call: RecordedCall, point: KillPoint) => KillCell['run'],
): KillCell[] {
  return calls.flatMap((call) =>
    killPointsOf(call).map((point) => ({
      name: `${nameCall(call)}, ${point}`,
      timings: timingsFor(point),
      run: run(call, point),
    })),
  );
}

describe.concurrent('a worker killed at any point', () => {
  it('of a whole run: the next worker finishes it, once', async () => {
    const cells = cellsOf(onboarding, (call, point) => async ({ world, proxy, during, killWorker }) => {
      const { simulator } = world;
      const before = snapshotOf(simulator);
      const held = holdForKill(simulator, call, point);
      const handle = await world.start(world.input());
      await during(held());
      await reachKillPoint({ call, simulator, handle, proxy }, point);
      await killWorker();
      await settleHeldCall(simulator, point);

      await world.startWorker();
      const { kind } = await endingOf(handle);
      expect(kind).toBe('enabled');
      expectEnabledOnce(simulator, before);
      await releaseCalls(simulator);
      expectEnabledOnce(simulator, before);
      return kind;
    });
    report('Killed during a run', await killTogether(cells, workersPerProcess, inPool));
  });

  it('of an undo: the next worker finishes it, and all is as found', async () => {
    const cells = cellsOf(undo, (call, point) => async ({ world, proxy, during, killWorker }) => {
      const { simulator } = world;
      const before = snapshotOf(simulator);
      const readBack = holdCall(simulator, readBackOf(onboarding), 'after');
      const handle = await world.start(world.input());
      await during(readBack());
      const held = holdForKill(simulator, call, point);
      await handle.cancel();
      await during(held());
      await reachKillPoint({ call, simulator, handle, proxy }, point);
      await killWorker();
      await settleHeldCall(simulator, point);

      await world.startWorker();
      const ending = await endingOf(handle);
      await releaseCalls(simulator);
      return expectUndoneByCancel(ending, simulator, before);
    });
    report('Killed during an undo', await killTogether(cells, workersPerProcess, inPool));
  });
});

describe.concurrent('a worker killed, and the run cancelled', () => {
  const orders = ['killed, then cancelled', 'cancelled, then killed before the attempt hears of it'] as const;
  const effects = ['has happened', 'happens while no worker runs', 'happens during the undo'] as const;

  /** An attempt hears of a cancel with its heartbeat: at most every five seconds. */
  function timingsOf(order: (typeof orders)[number]): Record<string, string> {
    const heartbeatSeconds = order === 'killed, then cancelled' ? 2 : 6;
    return timingVariables({ ...killTimings, attemptSeconds: 7, heartbeatSeconds });
  }

  it('undoes the write that was in progress', async () => {
    const cells = writingCalls(onboarding).flatMap((call) =>
      orders.flatMap((order) =>
        effects.map((effect): KillCell => ({
          name: `${nameCall(call)}, ${order}; its effect ${effect}`,
          timings: timingsOf(order),
          run: async ({ world, during, killWorker }) => {
            const { simulator } = world;
            const before = snapshotOf(simulator);
            const held = holdCall(simulator, call, effect === 'has happened' ? 'after' : 'before');
            const handle = await world.start(world.input());
            await during(held());
            if (order === 'killed, then cancelled') await killWorker();
            await handle.cancel();
            if (order !== 'killed, then cancelled') await waitForCancelRequest(handle);
            await killWorker();
            if (effect !== 'happens during the undo') await releaseCalls(simulator);

            await world.startWorker();
            if (effect === 'happens during the undo') {
              await waitForUndoing(handle);
              await releaseCalls(simulator);
            }
            return expectUndoneByCancel(await endingOf(handle), simulator, before);
          },
        })),
      ),
    );
    // One process for the cells of one call, which are held at about the same time.
    report('Killed and cancelled', await killTogether(cells, orders.length * effects.length, inPool));
  });

  it('closes as cancelled when nothing had been written', async () => {
    const [read] = onboarding;
    if (read === undefined) throw new Error('A run makes calls');
    const cells = orders.map((order): KillCell => ({
      name: `${nameCall(read)}, ${order}`,
      timings: timingsOf(order),
      run: async ({ world, during, killWorker }) => {
        const held = holdCall(world.simulator, read, 'before');
        const handle = await world.start(world.input());
        await during(held());
        if (order === 'killed, then cancelled') await killWorker();
        await handle.cancel();
        if (order !== 'killed, then cancelled') await waitForCancelRequest(handle);
        await killWorker();
        await world.startWorker();
        const ending = await endingOf(handle);
        expect(ending).toEqual({ kind: 'cancelled' });
        return ending.kind;
      },
    }));
    report('Killed and cancelled before anything was written', await killTogether(cells, orders.length, inPool));
  });
});
