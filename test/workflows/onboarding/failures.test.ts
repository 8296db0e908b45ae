/** A run that is cancelled, whose calls fail, or whose deadline passes. */
import { describe, expect, it, vi } from 'vitest';

import { createWorld, waitOptions } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { causeOfUndo, recordsOf } from './observations.ts';

describe.concurrent('a cancelled run', () => {
  it('undoes what it did, in reverse, and reports it', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600, 3600] });
    const before = recordsOf(world);
    await world.startWorker();
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    await handle.cancel();
    expect(await causeOfUndo(handle)).toEqual({ by: 'cancel', type: 'Cancelled', message: 'the run was cancelled' });
    expect(recordsOf(world)).toBe(before);
    expect(world.simulator.account.connectors.list()).toEqual([]);
    const { timeline } = await world.waitForStatus(handle, ({ phase }) => phase === 'undone');
    expect(timeline.slice(-3).map(({ phase }) => phase)).toEqual(['waiting-for-dns', 'undoing', 'undone']);
  });
});

it.concurrent('a run that is cancelled before it has written anything closes as cancelled, also while a call keeps failing', async () => {
  await using world = await createWorld();
  world.simulator.faults.add({ method: 'GET', times: 'forever', when: 'before', fault: { status: 500 } });
  await world.startWorker();
  const handle = await world.start(world.input());
  await vi.waitFor(() => expect(world.simulator.log.list().length).toBeGreaterThan(2), waitOptions);
  await handle.cancel();
  await handle.result().catch(() => null);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
});

describe.concurrent('calls that go wrong', () => {
  it('makes no second connector when the answer to the first create is lost', async () => {
    await using world = await createWorld({ secondConnector: 'allowed' });
    world.simulator.faults.add({ method: 'POST', path: '/accounts/*/sso_connectors', when: 'after', fault: 'reset' });
    await world.startWorker();
    const handle = await world.start(world.input());
    await handle.result();
    expect(world.simulator.account.connectors.list()).toHaveLength(1);
    const { connector } = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(connector?.origin).toBe('created');
  });

  it('makes no second TXT record when the answer to the first is lost', async () => {
    await using world = await createWorld();
    world.simulator.faults.add({ method: 'POST', path: '/zones/*/dns_records', when: 'after', fault: 'reset' });
    await world.startWorker();
    const { txtRecord } = await (await world.start(world.input())).result();
    const records = world.simulator.account.zones.list().flatMap((zone) => zone.records);
    expect(records.filter(({ content }) => content === `"${txtRecord?.value}"`)).toMatchObject([
      { id: txtRecord?.recordId },
    ]);
    expect(txtRecord?.preexisting).toBe(false);
  });

  it('waits while a token is rotated during the run, and continues once the worker has the right one', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600, 3600] });
    await world.startWorker();
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    for (const server of world.simulator.nameServers) server.lagSeconds = 0;
    const { tokens } = world.simulator.account;
    world.simulator.account.patch({ tokens: [] });
    await vi.waitFor(async () => {
      const { raw } = await handle.describe();
      expect(raw.pendingActivities?.[0]?.lastFailure?.applicationFailureInfo?.type).toBe('CloudflareUnauthorized');
    }, waitOptions);
    world.simulator.account.patch({ tokens: [...tokens] });
    await expect(handle.result()).resolves.toMatchObject({ enabled: true });
  });

  it('ends at the deadline, with what it was waiting for', async () => {
    // No check is in progress at the deadline, so that it ends the wait.
    const timings = timingVariables({ pollFirstSeconds: 3600, pollMaxSeconds: 3600 });
    await using world = await createWorld({ nameServerLagSeconds: [3600, 3600] }, { timings });
    await world.startWorker();
    const handle = await world.start(world.input({ deadlineSeconds: 8 }));
    const cause = await causeOfUndo(handle);
    expect(cause).toMatchObject({ by: 'deadline', type: 'DeadlinePassed' });
    expect(cause.message).toContain('TXT values, not this one');
    expect(world.simulator.account.connectors.list()).toEqual([]);
  });

  it('ends at the deadline also while a call keeps failing, and names it', async () => {
    // On a busy machine the run may not come to enabling before the first.
    for (const deadlineSeconds of [4, 30]) {
      await using world = await createWorld();
      world.simulator.faults.add({ method: 'PATCH', times: 'forever', when: 'before', fault: { status: 500 } });
      await world.startWorker();
      const handle = await world.start(world.input({ deadlineSeconds }));
      const { timeline } = await world.waitForStatus(handle, ({ undo }) => undo.cause !== null);
      if (!timeline.some(({ phase }) => phase === 'enabling')) continue;
      world.simulator.faults.removeAll();
      const cause = await causeOfUndo(handle);
      expect(cause).toMatchObject({ by: 'deadline', type: 'DeadlinePassed' });
      expect(cause.message).toContain('enableConnector was failing');
      return;
    }
    throw new Error('No deadline was late enough for the run to come to enabling');
  });
});
