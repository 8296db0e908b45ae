/**
 * Every external call of an off-boarding, made to fail in every way, before and after it has had its effect, once and for
 * ever, and its worker killed around every write: each time the domain is off-boarded, or nothing was touched, or it says
 * what is left and the same off-boarding, run again, does the rest.
 */
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';

import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { createWorld } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { startWorkerProcess } from '../../support/processes.ts';
import { createReport, runCells } from '../cells.ts';
import { expectAsFound, hangsAfter, snapshotOf } from '../endings.ts';
import type { Snapshot } from '../endings.ts';
import { adoptCalls, nameCall } from '../fault-matrix/calls.ts';
import type { Call } from '../fault-matrix/calls.ts';
import { faults } from '../fault-matrix/faults.ts';
import type { Strike } from '../fault-matrix/scenarios.ts';
import { createWorlds } from '../fault-matrix/worlds.ts';
import { holdForKill, killAt, killPointsOf, releaseCalls } from '../kill-points.ts';
import { endOfOffboarding, leaveEnabled, startOffboarding } from './offboarding.ts';
import type { Offboarding, OffboardingEnding } from './offboarding.ts';
import { nameCall as nameRecorded, recordCalls } from '../recorded-calls.ts';
import type { RecordedCall } from '../recorded-calls.ts';

// For a busy machine: what hangs is told by its cell.
vi.setConfig({ testTimeout: 20 * 60_000, hookTimeout: 2 * hangsAfter.timeout });

/** The account that cells share, one after the other. */
const simulated = {};

/** Most of a cell is waiting. */
const cellsAtOnce = 16;
/** Each worker process takes 150 MB, and a second of one core to start. */
const processesAtOnce = 8;

const pace = {
  retryFirstSeconds: 0.05,
  retryMaxSeconds: 0.3,
  authRetrySeconds: 0.2,
  throttledSeconds: 0.2,
  attemptSeconds: 1,
  heartbeatSeconds: 0.5,
  undoRetrySeconds: 0.2,
};
/** Dead attempts are noticed within a second, and one that lives is not taken for dead. */
const paceForKills = { ...pace, attemptSeconds: 4, heartbeatSeconds: 1 };
/** An attempt whose end Temporal has heard of needs no time-out. */
const patient = { ...pace, attemptSeconds: 20, heartbeatSeconds: 20 };

/** No machine is so slow that a run would not end before it. */
const generousDeadlineSeconds = 600;
/** Room to reach the call that is to fail; doubled each time that a busy machine did not get there. */
const shortDeadlineSeconds = 3;
const longestTries = 4;

let calls: Call[] = [];
let writes: RecordedCall[] = [];

/** Answers what was there before. */
async function enableIn(world: World): Promise<Snapshot> {
  const before = snapshotOf(world.simulator);
  await leaveEnabled(world);
  world.simulator.log.clear();
  return before;
}

beforeAll(async () => {
  await using world = await createWorld();
  await world.startWorker();
  const before = await enableIn(world);
  // On a busy machine an attempt of a second can be given up, and its calls made again.
  const handle = await startOffboarding(world, { pace: patient });
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

/** How it ended; `null`: its deadline came before the call. */
async function strike(world: World, { call, fault, span, when }: FaultCell, shortSeconds: number) {
  const before = await enableIn(world);
  const enabled = snapshotOf(world.simulator);
  const { faults: inForce, log } = world.simulator;
  const times = span === 'once' ? 1 : 'forever';
  const ruleId = inForce.add({ ...call, times, when, fault: fault.fault });
  const deadlineSeconds = span === 'once' ? generousDeadlineSeconds : shortSeconds;
  const ending = await endOfOffboarding(await startOffboarding(world, { pace, deadlineSeconds }));
  const isStruck = log.list().some((entry) => entry.fault?.ruleId === ruleId);
  inForce.removeAll();
  if (!isStruck) return null;
  if (span === 'once') expect(ending.kind).toBe('offboarded');
  return await judge(world, { before, enabled }, ending);
}

/** Any of the ends that are allowed; answers which one it was. */
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
        // Its own last word was not heard, so the value may be gone all the same.
        const others = records.filter(({ content }) => !values.has(content));
        expect({ connectors, others }).toEqual({ connectors: [], others: before.records });
        return 'off-boarded, but for the value, which is named';
      }
      expectAsFound(world.simulator, before);
      return 'off-boarded';
    case 'incomplete': {
      expect(ending.stop.cause.by).not.toBe('cancel');
      expect([...ending.stop.done, ...ending.stop.left]).toHaveLength(3);
      const again = await endOfOffboarding(await startOffboarding(world, { pace }));
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
      for (let tries = 0; tries < longestTries; tries += 1) {
        const lease = await worlds.borrow(simulated);
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
  const cells = writes.flatMap((call) => killPointsOf(call).map((point) => ({ call, point })));
  const rows = await runCells(cells, processesAtOnce, {
    name: ({ call, point }) => `${nameRecorded(call)}, ${point}`,
    run: async ({ call, point }) => {
      await using world = await createWorld();
      const { simulator } = world;
      const before = await enableIn(world);
      await using proxy = await startTcpProxy(inject('temporalAddress'));
      const isHeld = holdForKill(simulator, call, point);
      await using worker = startWorkerProcess({ ...world.environment, TEMPORAL_ADDRESS: proxy.address });
      const handle: Offboarding = await startOffboarding(world, {
        pace: point === 'untaken' ? patient : paceForKills,
      });
      await worker.during(isHeld());
      await killAt({ call, simulator, handle, worker, proxy }, point);
      await world.startWorker();
      const { kind } = await endOfOffboarding(handle);
      await releaseCalls(simulator);
      expectAsFound(simulator, before);
      return kind;
    },
  });
  report('Killed while off-boarding', rows);
});
