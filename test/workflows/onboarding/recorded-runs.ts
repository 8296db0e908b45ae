/** The calls of two runs without faults, which other runs are then interrupted at. */
import { expect } from 'vitest';

import { createWorld } from '../../support/onboarding-world.ts';
import { startWorkerProcess } from '../../support/processes.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { endingOf } from '../endings.ts';
import { holdCall } from '../kill-points.ts';
import { recordCalls } from '../recorded-calls.ts';
import type { RecordedCall } from '../recorded-calls.ts';

/** A dead attempt is noticed within two seconds, no live one times out, and every run makes the same calls. */
export const killTimings = {
  heartbeatSeconds: 2,
  attemptSeconds: 20,
  pollFirstSeconds: 1,
  pollMaxSeconds: 1,
};

/** The calls of a whole run. */
export async function recordOnboarding(): Promise<RecordedCall[]> {
  await using world = await createWorld({}, { timings: timingVariables(killTimings) });
  await using worker = startWorkerProcess(world.environment);
  const handle = await world.start(world.input());
  expect(await worker.during(endingOf(handle))).toEqual({ kind: 'enabled' });
  const calls = await recordCalls(world.simulator.log.list(), handle);
  expect(await worker.stop()).toBe(0);
  return calls;
}

/** The calls of the undo of a run that was cancelled right after it had enabled. @param onboarding the calls of a whole run */
export async function recordUndo(onboarding: readonly RecordedCall[]): Promise<RecordedCall[]> {
  await using world = await createWorld({}, { timings: timingVariables(killTimings) });
  const readBack = holdCall(world.simulator, readBackOf(onboarding), 'after');
  await world.startWorker();
  const handle = await world.start(world.input());
  await readBack();
  const { length } = world.simulator.log.list();
  await handle.cancel();
  expect(await endingOf(handle)).toMatchObject({ kind: 'undone', report: { left: [] } });
  return await recordCalls(world.simulator.log.list().slice(length), handle);
}

/** The last call of a whole run: everything that can be undone has been done. */
export function readBackOf(onboarding: readonly RecordedCall[]): RecordedCall {
  const last = onboarding.at(-1);
  if (last?.activity !== 'getConnector') throw new Error('A run ends with reading the connector back');
  return last;
}

export function writingCalls(onboarding: readonly RecordedCall[]): RecordedCall[] {
  return onboarding.filter(({ method }) => method !== 'GET');
}
