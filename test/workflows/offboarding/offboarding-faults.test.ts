/**
 * Every external call of an off-boarding fails in every way, before and after its effect, once and for ever, and its worker is
 * killed around every write. Each time the domain is off-boarded, or nothing was changed, or the run reports what is left and
 * the same off-boarding, run again, does the rest.
 */
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';

import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { createWorld } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { startSharedWorkerProcess } from '../../support/processes.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { createReport, runCells, runCellsTogether } from '../cells.ts';
import { expectAsFound, hangsAfter, snapshotOf } from '../endings.ts';
import type { Snapshot } from '../endings.ts';
import { adoptCalls, nameCall } from '../fault-matrix/calls.ts';
import type { Call } from '../fault-matrix/calls.ts';
import { faults } from '../fault-matrix/faults.ts';
import type { Strike } from '../fault-matrix/scenarios.ts';
import { createWorlds } from '../fault-matrix/worlds.ts';
import { holdForKill, killPointsOf, reachKillPoint, releaseCalls, settleHeldCall } from '../kill-points.ts';
import { endOfOffboarding, leaveEnabled, startOffboarding } from './offboarding.ts';
import type { Offboarding, OffboardingEnding } from './offboarding.ts';
import { nameCall as nameRecorded, recordCalls } from '../recorded-calls.ts';
import type { RecordedCall } from '../recorded-calls.ts';

// For a busy machine: the cell of a run that hangs fails earlier.
vi.setConfig({ testTimeout: 20 * 60_000, hookTimeout: 2 * hangsAfter.timeout });

/** Cells use an account with these options again, one after the other. */
const simulated = {};

/** Most of a cell is waiting. */
const cellsAtOnce = 16;

const fast = {
  retryFirstSeconds: 0.05,
  retryMaxSeconds: 0.3,
  authRetrySeconds: 0.2,
  throttledRetrySeconds: 0.2,
  attemptSeconds: 1,
  heartbeatSeconds: 0.5,
  undoRetrySeconds: 0.2,
};
const timings = timingVariables(fast);
/** A dead attempt is noticed within a second, and a slow one is not taken for dead. */
const timingsForKills = timingVariables({ ...fast, attemptSeconds: 4, heartbeatSeconds: 1 });
/** No attempt is given up: on a busy machine one can take longer than a second. */
const longAttempts = timingVariables({ ...fast, attemptSeconds: 20, heartbeatSeconds: 15 });

/** Long enough for any machine. */
const generousDeadlineSeconds = 600;
/** Long enough to reach the call that is to fail; doubled each time that a busy machine did not reach it. */
const shortDeadlineSeconds = 3;
const mostTries = 4;

let calls: Call[] = [];
let writes: RecordedCall[] = [];

/** Returns what was there before. */
async function enableIn(world: World): Promise<Snapshot> {
  const before = snapshotOf(world.simulator);
  await leaveEnabled(world);
  world.simulator.log.clear();
  return before;
}

beforeAll(async () => {
  await using world = await createWorld({}, { timings: longAttempts });
  await world.startWorker();
  const before = await enableIn(world);
  const handle = await startOffboarding(world);
  await handle.result();
  expectAsFound(world.simulator, before);
  calls = adoptCalls(world.simulator.log.list());
  writes = (await recordCalls(world.simulator.log.list(), handle)).filter(({ method }) => method !== 'GET');
});

const worlds = createWorlds();
const { report, show } = createReport();
afterAll(async () => {
  show();
  await worlds[Symbol.asyncDispose]();
});

interface FaultCell extends Pick<Strike, 'span' | 'when'> {
  call: Call;
  fault: (typeof faults)[number];
}

/** How it ended; `null`: its deadline passed before the call. */
async function strike(world: World, { call, fault, span, when }: FaultCell, shortSeconds: number) {
  const before = await enableIn(world);
  const enabled = snapshotOf(world.simulator);
  const { faults: inForce, log } = world.simulator;
  const times = span === 'once' ? 1 : 'forever';
  const ruleId = inForce.add({ ...call, times, when, fault: fault.fault });
  const deadlineSeconds = span === 'once' ? generousDeadlineSeconds : shortSeconds;
  const ending = await endOfOffboarding(await startOffboarding(world, { deadlineSeconds }));
  const isStruck = log.list().some((entry) => entry.fault?.ruleId === ruleId);
  inForce.removeAll();
  if (!isStruck) return null;
  if (span === 'once') expect(ending.kind).toBe('offboarded');
  return await judge(world, { before, enabled }, ending);
}

/** Checks that it ended in one of the allowed ways, and returns which. */
async function judge(
  world: World,
  { before, enabled }: { before: Snapshot; enabled: Snapshot },
  ending: OffboardingEnding,
): Promise<string> {
  switch (ending.kind) {
    case 'offboarded':
      if (ending.result.left.length > 0) {
        // The provider was out of reach until the deadline.
        expect(ending.result.left).toEqual([expect.stringContaining('could not be removed')]);
        const { connectors, records } = snapshotOf(world.simulator);
        const values = new Set(enabled.connectors.map(({ code }) => `"${code}"`));
        // The answer to the last attempt was lost, so the value may be gone.
        const others = records.filter(({ content }) => !values.has(content));
        expect({ connectors, others }).toEqual({ connectors: [], others: before.records });
        return 'off-boarded, but for the value, which is named';
      }
      expectAsFound(world.simulator, before);
      return 'off-boarded';
    case 'incomplete': {
      expect(ending.stop.cause.by).not.toBe('cancel');
      expect([...ending.stop.done, ...ending.stop.left]).toHaveLength(3);
      const again = await endOfOffboarding(await startOffboarding(world));
      expect(again).toMatchObject({ kind: 'offboarded', result: { left: [] } });
      expectAsFound(world.simulator, before);
      return 'incomplete, off-boarded when run again';
    }
    case 'failed':
      expect(snapshotOf(world.simulator)).toEqual(enabled);
      return 'untouched';
    case 'cancelled':
      throw new Error('nobody cancelled it');
  }
}

it('whatever goes wrong with a call, once or for ever', async () => {
  const cells = calls.flatMap((call) =>
    faults.flatMap((fault) =>
      (['once', 'for ever'] as const).flatMap((span) =>
        // A read has no effect that a fault could come before or after.
        (call.method === 'GET' ? (['before'] as const) : (['before', 'after'] as const)).map((when) => ({
          call,
          fault,
          span,
          when,
        })),
      ),
    ),
  );
  const rows = await runCells(cells, cellsAtOnce, {
    name: ({ call, fault, span, when }) => `${nameCall(call)}: ${fault.name}, ${when} the effect, ${span}`,
    run: async (cell) => {
      for (let tries = 0; tries < mostTries; tries += 1) {
        const lease = await worlds.borrow(simulated, timings);
        const ended = await strike(lease.world, cell, shortDeadlineSeconds * 2 ** tries).catch(
          async (error: unknown) => {
            await lease.world[Symbol.asyncDispose]();
            throw error;
          },
        );
        await worlds.giveBack(lease);
        if (ended !== null) return ended;
      }
      throw new Error('the fault struck no call');
    },
  });
  report('Faults while off-boarding', rows);
});

it('a worker killed around every write: the next one finishes it', async () => {
  const cells = await Promise.all(
    writes
      .flatMap((call) => killPointsOf(call).map((point) => ({ call, point })))
      .map(async ({ call, point }) => {
        const world = await createWorld({}, { timings: point === 'untaken' ? longAttempts : timingsForKills });
        const proxy = await startTcpProxy(inject('temporalAddress'));
        return { call, point, world, proxy, before: await enableIn(world) };
      }),
  );
  await using worker = startSharedWorkerProcess(
    cells.map(({ world, proxy }) => ({ ...world.environment, TEMPORAL_ADDRESS: proxy.address })),
  );
  const rows = await runCellsTogether(cells, async () => await worker.killNow(), {
    name: ({ call, point }) => `${nameRecorded(call)}, ${point}`,
    run: async ({ call, point, world, proxy, before }, meet) => {
      const { simulator } = world;
      const isHeld = holdForKill(simulator, call, point);
      const handle: Offboarding = await startOffboarding(world);
      await worker.during(isHeld());
      await reachKillPoint({ call, simulator, handle, proxy }, point);
      await meet();
      await settleHeldCall(simulator, point);
      await world.startWorker();
      const { kind } = await endOfOffboarding(handle);
      await releaseCalls(simulator);
      expectAsFound(simulator, before);
      return kind;
    },
  });
  await Promise.all(cells.flatMap(({ world, proxy }) => [world[Symbol.asyncDispose](), proxy[Symbol.asyncDispose]()]));
  report('Killed while off-boarding', rows);
});
