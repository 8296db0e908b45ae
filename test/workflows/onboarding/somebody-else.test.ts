/** Somebody else works on the same domain at the same moment: what is theirs is never taken for the run's own. */
import { describe, expect, it, vi } from 'vitest';

import type { FaultRule } from '../../../simulator/faults.ts';
import { statusQuery } from '../../../src/contract/handlers.ts';
import { createWorld, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { endingOf, expectAsFound, expectEnabledOnce, snapshotOf } from '../endings.ts';
import { holdCall, releaseCalls } from '../kill-points.ts';

const connectors = '/accounts/*/sso_connectors';
const connector = '/accounts/*/sso_connectors/*';

/** The lists of a run, in order: the prerequisites', the one that is recorded, and the one right before it creates. */
const listBeforeCreate = { method: 'GET', path: connectors, nth: 3 };

/** Room for a try to report back on a busy machine: of one that is late, nobody knows whether it has written. */
const pace = {
  retryFirstSeconds: 0.1,
  retryMaxSeconds: 0.5,
  attemptSeconds: 30,
  heartbeatSeconds: 20,
  undoRetrySeconds: 0.2,
};

/** Cuts the connection of these calls; answers what waits until one has been cut, and what ends it. */
function cutCalls({ simulator: { faults, log } }: World, calls: Pick<FaultRule, 'method' | 'path' | 'nth'>) {
  const id = faults.add({ ...calls, times: 'forever', when: 'before', fault: 'reset' });
  return {
    isCut: async () =>
      await vi.waitFor(() => expect(log.list().some(({ fault }) => fault?.ruleId === id)).toBe(true), waitOptions),
    end: () => faults.remove(id),
  };
}

/** In the dashboard, or with another client. */
function somebodyCreates({ simulator }: World, useFedrampLanguage = false) {
  return simulator.account.connectors.create({
    emailDomain: 'example.com',
    beginVerification: false,
    useFedrampLanguage,
  });
}

/** The calls that were to change the account's connectors, and how they were answered. */
function connectorWrites({ simulator }: World): string[] {
  const writes = simulator.log
    .list()
    .filter(
      ({ method, path }) =>
        method !== 'GET' && path.includes('/sso_connectors') && !path.endsWith('/begin_verification'),
    );
  return writes.map(({ method, status }) => `${method} ${status}`);
}

/** A run whose tries to create one die in their look while somebody creates one; goes on until it has taken theirs. */
async function adoptTheirs(world: World) {
  await world.startWorker();
  const look = cutCalls(world, listBeforeCreate);
  const handle = await world.start(world.input({ pace }));
  await look.isCut();
  const theirs = somebodyCreates(world);
  const before = snapshotOf(world.simulator);
  look.end();
  const { connector: found } = await world.waitForStatus(handle, ({ connector: taken }) => taken !== null);
  expect(found).toMatchObject({ id: theirs.id, origin: 'adopted' });
  return { handle, before, theirs };
}

/**
 * A run whose tries to enable the connector die in their look while somebody enables it. A verified connector that is
 * adopted goes straight to being enabled, so its first read is that look.
 */
async function startEnabling(world: World, failsAfterwards: boolean) {
  const { account, faults } = world.simulator;
  const { id } = somebodyCreates(world);
  account.connectors.change(id, { status: 'verified' });
  await world.startWorker();
  const look = cutCalls(world, { method: 'GET', path: connector });
  const handle = await world.start(world.input({ pace }));
  await look.isCut();
  account.connectors.change(id, { enabled: true });
  // The next try's look goes through, and what reads it back does not.
  if (failsAfterwards) faults.add({ method: 'GET', path: connector, nth: 2, when: 'before', fault: { status: 400 } });
  look.end();
  return { handle, before: snapshotOf(world.simulator), id };
}

describe('somebody creates a connector that does not fit, in the middle of this create', () => {
  it('after its look: this one is refused, and theirs stays', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const isHeld = holdCall(world.simulator, { method: 'POST', path: connectors, nth: 1 }, 'before');
    const handle = await world.start(world.input({ pace, useFedrampLanguage: false }));
    await isHeld();
    somebodyCreates(world, true);
    const before = snapshotOf(world.simulator);
    await releaseCalls(world.simulator);

    const ending = await endingOf(handle);
    expect(ending).toMatchObject({ kind: 'failed', type: 'ConnectorConflict' });
    expectAsFound(world.simulator, before);
    expect(connectorWrites(world)).toEqual(['POST 409']);
    expect((await handle.query(statusQuery)).undo.steps).toEqual([]);
  });

  it('before its look: nothing is sent, and theirs stays', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const isHeld = holdCall(world.simulator, listBeforeCreate, 'before');
    const handle = await world.start(world.input({ pace, useFedrampLanguage: false }));
    await isHeld();
    somebodyCreates(world, true);
    const before = snapshotOf(world.simulator);
    await releaseCalls(world.simulator);

    const ending = await endingOf(handle);
    expect(ending).toMatchObject({ kind: 'failed', type: 'ConnectorConflict' });
    expectAsFound(world.simulator, before);
    expect(connectorWrites(world)).toEqual([]);
  });
});

describe('somebody creates a connector that does not fit, and the answer to a create of this run was lost', () => {
  it('theirs stays: with another language than the one asked for, it cannot have come of that create', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const creates = cutCalls(world, { method: 'POST', path: connectors });
    const handle = await world.start(world.input({ useFedrampLanguage: false }));
    await creates.isCut();
    somebodyCreates(world, true);
    const before = snapshotOf(world.simulator);
    creates.end();

    const ending = await endingOf(handle);
    expect(ending.kind).not.toBe('enabled');
    expectAsFound(world.simulator, before);
    expect(connectorWrites(world).filter((call) => call.startsWith('DELETE'))).toEqual([]);
  });
});

describe('somebody creates a connector while the tries to create one do not get past their look', () => {
  it('it is adopted, and a cancelled run does not delete it', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600, 3600] });
    const { handle, before } = await adoptTheirs(world);
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    await handle.cancel();

    const ending = await endingOf(handle);
    expect(ending).toMatchObject({ kind: 'undone', report: { cause: { by: 'cancel' }, left: [] } });
    expectAsFound(world.simulator, before);
    expect(connectorWrites(world)).toEqual([]);
  });

  it('it is adopted, and a run that fails when it is verified does not delete it', async () => {
    await using world = await createWorld();
    // Fails at the last step, before anything has been enabled.
    world.simulator.faults.add({ method: 'PATCH', path: connector, when: 'before', fault: { status: 400 } });
    const { handle, before, theirs } = await adoptTheirs(world);

    const ending = await endingOf(handle);
    expect(ending).toMatchObject({ kind: 'undone', report: { cause: { by: 'failure' }, left: [] } });
    expect(world.simulator.account.connectors.list()).toMatchObject([{ id: theirs.id, enabled: false }]);
    expect(snapshotOf(world.simulator).records).toEqual(before.records);
    expect(connectorWrites(world)).toEqual(['PATCH 400']);
  });

  it('it is adopted and enabled, and there is no second one', async () => {
    await using world = await createWorld();
    const { handle, before, theirs } = await adoptTheirs(world);

    expect(await handle.result()).toMatchObject({ connectorId: theirs.id, alreadyEnabled: false });
    expectEnabledOnce(world.simulator, before);
    expect(connectorWrites(world)).toEqual(['PATCH 200']);
  });
});

describe('somebody enables the connector while the tries to enable it do not get past their look', () => {
  it('the run ends with it as enabled already, and has written nothing', async () => {
    await using world = await createWorld();
    const { handle, before, id } = await startEnabling(world, false);

    expect(await handle.result()).toMatchObject({ connectorId: id, alreadyEnabled: true });
    expectAsFound(world.simulator, before);
    expect(connectorWrites(world)).toEqual([]);
  });

  it('a run that fails afterwards does not disable it', async () => {
    await using world = await createWorld();
    const { handle, before } = await startEnabling(world, true);

    const ending = await endingOf(handle);
    expect(ending).toMatchObject({ kind: 'failed', type: 'CloudflareRefused' });
    expectAsFound(world.simulator, before);
    expect(connectorWrites(world)).toEqual([]);
    expect((await handle.query(statusQuery)).undo.steps).toEqual([]);
  });
});
