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
 * - `before, effect late`: the call has no effect yet; it takes effect while no worker runs
 * - `before, effect last`: the call has no effect yet; it takes effect after everything else, if it can
 * - `after`: the call has taken effect, and the worker has no answer
 * - `unreported`: the worker has the answer, and Temporal has no result
 * - `untaken`: Temporal has the result, and the workflow has not processed it
 */
export type KillPoint = 'before, effect late' | 'before, effect last' | 'after' | 'unreported' | 'untaken';

/** The points that differ: a read has no effect to be before or after, and only an activity's last call completes it. */
export function killPointsOf({ method, isLast }: RecordedCall): KillPoint[] {
  return [
    'before, effect late',
    ...(method === 'GET' ? [] : (['before, effect last', 'after'] as const)),
    ...(isLast ? (['unreported', 'untaken'] as const) : []),
  ];
}

/** Holds that call, and returns a function that waits until it is held. */
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

export interface Victim {
  /** The call that is held. */
  call: RecordedCall;
  simulator: Simulator;
  handle: WorkflowHandle;
  /** Between the worker and Temporal. */
  proxy: TcpProxy;
}

export function holdForKill(simulator: Simulator, call: RecordedCall, point: KillPoint): () => Promise<void> {
  return holdCall(simulator, call, point.startsWith('before') ? 'before' : 'after');
}

/** Brings a run whose call is held to the point where its worker is to be killed. */
export async function reachKillPoint({ call, simulator, handle, proxy }: Victim, point: KillPoint): Promise<void> {
  const held = simulator.log.list().findLast(({ fault }) => fault !== undefined)?.n;
  switch (point) {
    case 'before, effect late':
    case 'before, effect last':
    case 'after':
      return;
    case 'unreported':
      proxy.freeze('everything');
      await releaseCalls(simulator);
      await vi.waitFor(() => {
        expect(simulator.log.list().find(({ n }) => n === held)?.answeredAt).not.toBeNull();
      }, hangsAfter);
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
      return;
  }
}

/** What happens to the held call once the worker has been killed. */
export async function settleHeldCall(simulator: Simulator, point: KillPoint): Promise<void> {
  if (point === 'before, effect late' || point === 'after') await releaseCalls(simulator);
}

/** Kills the worker whose call is held. */
export async function killAt(
  { worker, ...victim }: Victim & { worker: WorkerProcess },
  point: KillPoint,
): Promise<void> {
  await reachKillPoint(victim, point);
  await worker.killNow();
  await settleHeldCall(victim.simulator, point);
}
