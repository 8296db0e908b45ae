/** Runs that are stopped from outside at a stage. */
import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';

import { createWorld, testToken } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { endingOf, expectUndoneByCancel, snapshotOf } from '../endings.ts';
import type { Snapshot } from '../endings.ts';
import { createPool } from '../fault-matrix/pool.ts';
import type { Stage } from '../stages.ts';

/** Most of a staged run is waiting. */
export const atOnce = 10;
const inPool = createPool(atOnce);

export const promptTimings = timingVariables({ heartbeatSeconds: 1 });
/** A call is answered long before its activity hears of a cancel. */
export const deafTimings = timingVariables({ attemptSeconds: 60, heartbeatSeconds: 50 });

export interface Staged {
  world: World;
  handle: WorkflowHandle;
  before: Snapshot;
}

/** Calls `then` when a run has reached the stage. At most `atOnce` runs of a test file are staged at a time. */
export async function atStage<Result>(
  stage: Stage,
  then: (staged: Staged) => Promise<Result>,
  timings: Record<string, string> = promptTimings,
): Promise<Result> {
  return await inPool(async () => {
    await using world = await createWorld(stage.simulator, { timings });
    const before = snapshotOf(world.simulator);
    const reached = stage.arrange(world);
    await world.startWorker();
    const handle = await world.start(world.input(stage.input));
    await reached(handle);
    return await then({ world, handle, before });
  });
}

export async function expectUndone({ world, handle, before }: Staged): Promise<string> {
  return expectUndoneByCancel(await endingOf(handle), world.simulator, before);
}

/** As a person does in the dashboard. */
export async function callApi(world: World, method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`${world.simulator.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
}

export function theConnector({ simulator }: World) {
  const [connector] = simulator.account.connectors.list();
  if (connector === undefined) throw new Error('The account has no connector');
  return connector;
}

export function theZone({ simulator }: World) {
  const [zone] = simulator.account.zones.list();
  if (zone === undefined) throw new Error('The account has no zone');
  return zone;
}
