/** Where around an external call a worker can be killed. */
import { setImmediate } from 'node:timers/promises';

import type { WorkflowHandle } from '@temporalio/client';
import { expect, vi } from 'vitest';

import type { Simulator } from '../../simulator/simulator.ts';
import type { WorkerProcess } from '../support/processes.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { hangsAfter } from './endings.ts';
import type { RecordedCall } from './recorded-calls.ts';

/**
 * - `before, effect late`: the call has no effect yet; it comes while no worker is up
 * - `before, effect last`: the same; it comes after all the rest, if it can
 * - `after`: the effect is there, its answer is not
 * - `unreported`: the answer is there, and Temporal has not heard of it
 * - `untaken`: Temporal has heard of it, and the run has not
 */
export type KillPoint = 'before, effect late' | 'before, effect last' | 'after' | 'unreported' | 'untaken';

/** The points worth telling apart: a read has no effect to be before or after, and only an activity's last call completes it. */
export function killPointsOf({ method, isLast }: RecordedCall): KillPoint[] {
  return [
    'before, effect late',
    ...(method === 'GET' ? [] : (['before, effect last', 'after'] as const)),
    ...(isLast ? (['unreported', 'untaken'] as const) : []),
  ];
}

/** Holds that call, and answers a function that waits until it is held. */
export function holdCall(
  { faults, log }: Simulator,
  { method, path, nth }: Pick<RecordedCall, 'method' | 'path' | 'nth'>,
  when: 'before' | 'after',
): () => Promise<void> {
  const id = faults.add({ method, path, nth, when, fault: 'hold' });
  return async () => {
    await vi.waitFor(() => {
      const isHeld = log.list().some(({ fault }) => fault?.ruleId === id);
      expect(isHeld, `${method} ${path} #${nth} was never made`).toBe(true);
    }, hangsAfter);
  };
}

/** Lets the held calls go on, and waits until they have had their effect. */
export async function releaseCalls({ faults }: Simulator): Promise<void> {
  faults.release();
  await setImmediate();
}

interface Victim {
  /** The call that is held. */
  call: RecordedCall;
  simulator: Simulator;
  handle: WorkflowHandle;
  worker: WorkerProcess;
  /** Between the worker and Temporal. */
  proxy: TcpProxy;
}

export function holdForKill(simulator: Simulator, call: RecordedCall, point: KillPoint): () => Promise<void> {
  return holdCall(simulator, call, point.startsWith('before') ? 'before' : 'after');
}

/** Kills the worker whose call is held. */
export async function killAt({ call, simulator, handle, worker, proxy }: Victim, point: KillPoint): Promise<void> {
  const held = simulator.log.list().findLast(({ fault }) => fault !== undefined)?.n;
  switch (point) {
    case 'before, effect late':
      await worker.killNow();
      await releaseCalls(simulator);
      return;
    case 'before, effect last':
      await worker.killNow();
      return;
    case 'after':
      await worker.killNow();
      await releaseCalls(simulator);
      return;
    case 'unreported':
      proxy.freeze('everything');
      await releaseCalls(simulator);
      await vi.waitFor(() => {
        expect(simulator.log.list().find(({ n }) => n === held)?.answeredAt).not.toBeNull();
      }, hangsAfter);
      await worker.killNow();
      return;
    case 'untaken':
      proxy.freeze('answers');
      await releaseCalls(simulator);
      await vi.waitFor(async () => {
        const { pendingActivities } = (await handle.describe()).raw;
        // Another one beside it may not have reached the worker before the answers froze, and stays pending.
        const pending = pendingActivities?.filter(({ activityType }) => activityType?.name === call.activity);
        expect(pending ?? []).toEqual([]);
      }, hangsAfter);
      await worker.killNow();
      return;
  }
}
