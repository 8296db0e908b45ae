/** Somebody else changes the connectors of the same domain during a run, which never takes their work for its own. */
import { describe, expect, it, vi } from 'vitest';

import type { FaultRule } from '../../../simulator/faults.ts';
import { createWorld, readOnboardingStatus, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { endingOf, expectAsFound, expectEnabledOnce, snapshotOf } from '../endings.ts';
import { holdCall, releaseCalls } from '../kill-points.ts';

const connectors = '/accounts/*/sso_connectors';
const connector = '/accounts/*/sso_connectors/*';

/** A run lists the connectors for its prerequisites, for its record, and right before it creates one. */
const listBeforeCreate = { method: 'GET', path: connectors, nth: 3 };

/** An attempt that times out on a busy machine may have written, so none should time out. */
const timings = timingVariables({ attemptSeconds: 30, heartbeatSeconds: 20 });

/** Resets the connection of these calls. `isCut` waits until that has happened, and `end` stops it. */
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

/** The calls that change the account's connectors, with the status of each. */
function connectorWrites({ simulator }: World): string[] {
  const writes = simulator.log
    .list()
    .filter(
      ({ method, path }) =>
        method !== 'GET' && path.includes('/sso_connectors') && !path.endsWith('/begin_verification'),
    );
  return writes.map(({ method, status }) => `${method} ${status}`);
}

/** A run whose attempts to create one fail when they list, while somebody creates one; continues until it has adopted theirs. */
async function adoptTheirs(world: World) {
  await world.startWorker();
  const listing = cutCalls(world, listBeforeCreate);
  const handle = await world.start(world.input());
  await listing.isCut();
  const theirs = somebodyCreates(world);
  const before = snapshotOf(world.simulator);
  listing.end();
  const { connector: found } = await world.waitForStatus(handle, ({ connector: taken }) => taken !== null);
  expect(found).toMatchObject({ id: theirs.id, origin: 'adopted' });
  return { handle, before, theirs };
}

/**
 * A run whose attempts to enable the connector fail when they read it, while somebody enables it. A verified connector that is
 * adopted is enabled at once, so its first read is that one.
 */
async function startEnabling(world: World, failsAfterwards: boolean) {
  const { account, faults } = world.simulator;
  const { id } = somebodyCreates(world);
  account.connectors.change(id, { status: 'verified' });
  await world.startWorker();
  const reading = cutCalls(world, { method: 'GET', path: connector });
  const handle = await world.start(world.input());
  await reading.isCut();
  account.connectors.change(id, { enabled: true });
  // The read of the next attempt succeeds, and the read-back fails.
  if (failsAfterwards) faults.add({ method: 'GET', path: connector, nth: 2, when: 'before', fault: { status: 400 } });
  reading.end();
  return { handle, before: snapshotOf(world.simulator), id };
}

describe.concurrent('somebody creates a connector that does not fit, while the run creates its own', () => {
  it('after the run has listed: its create is refused, and theirs stays', async () => {
    await using world = await createWorld({}, { timings });
    await world.startWorker();
    const isHeld = holdCall(world.simulator, { method: 'POST', path: connectors, nth: 1 }, 'before');
    const handle = await world.start(world.input({ useFedrampLanguage: false }));
    await isHeld();
    somebodyCreates(world, true);
    const before = snapshotOf(world.simulator);
    await releaseCalls(world.simulator);

    const ending = await endingOf(handle);
    expect(ending).toMatchObject({ kind: 'failed', type: 'ConnectorConflict' });
    expectAsFound(world.simulator, before);
    expect(connectorWrites(world)).toEqual(['POST 409']);
    expect((await readOnboardingStatus(handle)).undo.steps).toEqual([]);
  });

  it('before the run has listed: nothing is sent, and theirs stays', async () => {
    await using world = await createWorld({}, { timings });
    await world.startWorker();
    const isHeld = holdCall(world.simulator, listBeforeCreate, 'before');
    const handle = await world.start(world.input({ useFedrampLanguage: false }));
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

describe.concurrent('somebody creates a connector that does not fit, and the answer to a create of this run was lost', () => {
  it('theirs stays: its language is not the one asked for, so that create did not make it', async () => {
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

describe.concurrent('somebody creates a connector while every attempt to create one fails before its write', () => {
  it('it is adopted, and a cancelled run does not delete it', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600, 3600] }, { timings });
    const { handle, before } = await adoptTheirs(world);
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    await handle.cancel();

    const ending = await endingOf(handle);
    expect(ending).toMatchObject({ kind: 'undone', report: { cause: { by: 'cancel' }, left: [] } });
    expectAsFound(world.simulator, before);
    expect(connectorWrites(world)).toEqual([]);
  });

  it('it is adopted, and a run that fails when it is verified does not delete it', async () => {
    await using world = await createWorld({}, { timings });
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
    await using world = await createWorld({}, { timings });
    const { handle, before, theirs } = await adoptTheirs(world);

    expect(await handle.result()).toMatchObject({ connectorId: theirs.id, alreadyEnabled: false });
    expectEnabledOnce(world.simulator, before);
    expect(connectorWrites(world)).toEqual(['PATCH 200']);
  });
});

describe.concurrent('somebody enables the connector while every attempt to enable it fails before its write', () => {
  it('the run ends with it as enabled already, and has written nothing', async () => {
    await using world = await createWorld({}, { timings });
    const { handle, before, id } = await startEnabling(world, false);

    expect(await handle.result()).toMatchObject({ connectorId: id, alreadyEnabled: true });
    expectAsFound(world.simulator, before);
    expect(connectorWrites(world)).toEqual([]);
  });

  it('a run that fails afterwards does not disable it', async () => {
    await using world = await createWorld({}, { timings });
    const { handle, before } = await startEnabling(world, true);

    const ending = await endingOf(handle);
    expect(ending).toMatchObject({ kind: 'failed', type: 'CloudflareRefused' });
    expectAsFound(world.simulator, before);
    expect(connectorWrites(world)).toEqual([]);
    expect((await readOnboardingStatus(handle)).undo.steps).toEqual([]);
  });
});
