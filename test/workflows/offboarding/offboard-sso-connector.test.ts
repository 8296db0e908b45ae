/** A domain leaves: what goes, what stays, and who may stop it. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { describe, expect, it, vi } from 'vitest';

import { startOrJoin } from '../../../src/client/start-run.ts';
import { readConnectorRecord } from '../../../src/client/connector-records.ts';
import { approveUpdate, rejectUpdate, statusQuery } from '../../../src/contract/handlers.ts';
import { whatDisablingMeans } from '../../../src/messages/sign-in-change.ts';
import { addTxtByHand, createWorld, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { endingOf, expectAsFound, snapshotOf } from '../endings.ts';
import { holdCall, releaseCalls } from '../kill-points.ts';
import { endOfOffboarding, offboardingInput, startOffboarding, waitForApprovalRequest } from './offboarding.ts';

const connectorPath = '/accounts/*/sso_connectors/*';

async function onboardedWorld(): Promise<World & { before: ReturnType<typeof snapshotOf> }> {
  const world = await createWorld();
  const before = snapshotOf(world.simulator);
  await world.startWorker();
  await (await world.start(world.input())).result();
  return Object.assign(world, { before });
}

function valuesAt({ simulator }: World, name: string): string[] {
  return simulator.account.zones
    .list()
    .flatMap(({ records }) => records.filter((record) => record.name === name && record.type === 'TXT'))
    .map(({ content }) => content);
}

/** `null`: there is none. */
async function readRecord({ client, accountId }: World) {
  return await readConnectorRecord(client, accountId, 'example.com');
}

/** As an administrator does in the dashboard. */
function makeConnectorByHand({ simulator: { account } }: World) {
  const wanted = { emailDomain: 'example.com', useFedrampLanguage: false, beginVerification: true };
  const connector = account.connectors.create(wanted);
  account.connectors.change(connector.id, { status: 'verified', enabled: true });
  return connector;
}

describe.concurrent('a domain that was onboarded', () => {
  it('leaves the account as it was before it, byte for byte, and is no longer recorded', async () => {
    await using world = await onboardedWorld();
    const [connector] = world.simulator.account.connectors.list();
    expect(await readRecord(world)).toMatchObject({ connectorId: connector?.id, emailDomain: 'example.com' });

    const handle = await startOffboarding(world);
    expect(await handle.result()).toEqual({
      emailDomain: 'example.com',
      done: [
        `disable-connector ${connector?.id}: disabled`,
        `delete-connector ${connector?.id}: deleted`,
        'remove-txt-value example.com: removed',
      ],
      left: [],
    });
    expectAsFound(world.simulator, world.before);
    const status = await handle.query(statusQuery);
    expect(status).toMatchObject({ kind: 'offboarding', phase: 'offboarded', reason: 'everything was removed' });
    expect(status.timeline.map(({ phase }) => phase)).toEqual([
      'finding-connector',
      'disabling',
      'deleting-connector',
      'removing-txt',
      'offboarded',
    ]);
    await vi.waitFor(async () => expect(await readRecord(world)).toBeNull(), waitOptions);
  });

  it('disables before it deletes anything', async () => {
    await using world = await onboardedWorld();
    world.simulator.log.clear();
    await (await startOffboarding(world)).result();
    const writes = world.simulator.log.list().filter(({ method }) => method !== 'GET');
    expect(
      writes.map(({ method, path }) => `${method} ${path.includes('dns_records') ? 'record' : 'connector'}`),
    ).toEqual(['PATCH connector', 'DELETE connector', 'DELETE record']);
  });

  it('is off-boarded once: again, there is nothing to do', async () => {
    await using world = await onboardedWorld();
    await (await startOffboarding(world)).result();
    await vi.waitFor(async () => expect(await readRecord(world)).toBeNull(), waitOptions);
    expect(await (await startOffboarding(world)).result()).toEqual({ emailDomain: 'example.com', done: [], left: [] });
    expectAsFound(world.simulator, world.before);
  });

  it('can be onboarded again afterwards, and off-boarded again', async () => {
    await using world = await onboardedWorld();
    await (await startOffboarding(world)).result();
    expect(await (await world.start(world.input())).result()).toMatchObject({ alreadyEnabled: false });
    await (await startOffboarding(world)).result();
    expectAsFound(world.simulator, world.before);
  });

  it('keeps every value beside its own, whenever it came there', async () => {
    await using world = await createWorld();
    await addTxtByHand(world, 'example.com', 'v=spf1 -all');
    await world.startWorker();
    await (await world.start(world.input())).result();
    await addTxtByHand(world, 'example.com', 'somebody-verification=1');
    await (await startOffboarding(world)).result();
    expect(valuesAt(world, 'example.com')).toEqual(
      expect.arrayContaining(['"v=spf1 -all"', '"somebody-verification=1"']),
    );
    expect(valuesAt(world, 'example.com').filter((value) => value.includes('cloudflare'))).toEqual([]);
  });

  it('loses what an onboarding published although a later one found it all there', async () => {
    await using world = await onboardedWorld();
    expect(await (await world.start(world.input())).result()).toMatchObject({ alreadyEnabled: true, txtRecord: null });
    await (await startOffboarding(world)).result();
    expectAsFound(world.simulator, world.before);
  });

  it('has its value taken away also when somebody deleted the connector by hand', async () => {
    await using world = await onboardedWorld();
    const { connectors } = world.simulator.account;
    for (const { id } of connectors.list()) {
      connectors.change(id, { enabled: false });
      connectors.remove(id);
    }
    expect(await (await startOffboarding(world)).result()).toEqual({
      emailDomain: 'example.com',
      done: ['remove-txt-value example.com: removed'],
      left: [],
    });
    expectAsFound(world.simulator, world.before);
  });
});

async function keptWorld() {
  const world = await createWorld();
  const before = snapshotOf(world.simulator);
  await world.startWorker();
  const handle = await world.start(world.input({ confirmWithinSeconds: 1 }));
  expect(await endingOf(handle)).toMatchObject({ kind: 'undone', report: { cause: { type: 'NotConfirmed' } } });
  return Object.assign(world, { before });
}

describe.concurrent('a connector that was kept because nobody confirmed it', () => {
  it('goes, with its value', async () => {
    await using world = await keptWorld();
    expect(await readRecord(world)).toMatchObject({ shouldBeEnabled: false });
    expect(await (await startOffboarding(world)).result()).toMatchObject({ left: [] });
    expectAsFound(world.simulator, world.before);
  });

  it('goes, with its value, also after another attempt, which found that value there', async () => {
    await using world = await keptWorld();
    expect(await (await world.start(world.input())).result()).toMatchObject({ txtRecord: null });
    // The record is updated by a signal.
    const updated = { shouldBeEnabled: true, txt: { record: { preexisting: false } } };
    await vi.waitFor(async () => expect(await readRecord(world)).toMatchObject(updated), waitOptions);
    expect(await (await startOffboarding(world)).result()).toMatchObject({ left: [] });
    expectAsFound(world.simulator, world.before);
  });
});

describe.concurrent('a zone that is gone before its domain', () => {
  it('holds nothing up: the value is named, and the domain is no longer recorded', async () => {
    await using world = await onboardedWorld();
    const { account } = world.simulator;
    const [connector] = account.connectors.list();
    world.simulator.faults.add({
      path: '/zones/*/dns_records',
      times: 'forever',
      when: 'before',
      fault: { status: 404 },
    });
    const { done, left } = await (await startOffboarding(world)).result();
    expect(done).toHaveLength(2);
    expect(left).toEqual([expect.stringContaining(`"${connector?.code}" could not be removed`)]);
    expect(account.connectors.list()).toEqual([]);
    await vi.waitFor(async () => expect(await readRecord(world)).toBeNull(), waitOptions);
  });
});

describe.concurrent('what nobody here published', () => {
  it('stays, and is named: the value of a connector that was made by hand', async () => {
    await using world = await createWorld();
    const { code } = makeConnectorByHand(world);
    await addTxtByHand(world, 'example.com', code);
    await world.startWorker();
    const { done, left } = await (await startOffboarding(world)).result();
    expect(done).toHaveLength(2);
    expect(left).toEqual([
      `remove-txt-value example.com: no onboarding is recorded that published "${code}": if it exists, remove it by hand`,
    ]);
    expect(world.simulator.account.connectors.list()).toEqual([]);
    expect(valuesAt(world, 'example.com')).toContain(`"${code}"`);
  });

  it('stays, and is named: a value that was there before the onboarding', async () => {
    await using world = await createWorld();
    const { account } = world.simulator;
    const { code } = account.connectors.create({
      emailDomain: 'example.com',
      useFedrampLanguage: false,
      beginVerification: false,
    });
    await addTxtByHand(world, 'example.com', code);
    await world.startWorker();
    await (await world.start(world.input())).result();
    const { left } = await (await startOffboarding(world)).result();
    expect(left).toEqual([
      `remove-txt-value example.com: "${code}" was there before the onboarding: if nobody needs it, remove it by hand`,
    ]);
    expect(valuesAt(world, 'example.com')).toContain(`"${code}"`);
  });
});

describe.concurrent('one workflow of a domain at a time', () => {
  it('an off-boarding does not start while an onboarding runs, and says so', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600] });
    await world.startWorker();
    const running = await world.start(world.input());
    await world.waitForStatus(running, ({ phase }) => phase === 'waiting-for-dns');
    await expect(startOffboarding(world)).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
    expect(await startOrJoin(world.client, { kind: 'offboarding', input: offboardingInput(world) })).toMatchObject({
      kind: 'conflict',
      because: 'onboarding',
    });
  });

  it('an onboarding does not start while an off-boarding runs, and the same off-boarding is joined', async () => {
    await using world = await onboardedWorld();
    const isHeld = holdCall(world.simulator, { method: 'PATCH', path: connectorPath, nth: 1 }, 'before');
    const handle = await startOffboarding(world);
    await isHeld();
    expect(await startOrJoin(world.client, { kind: 'onboarding', input: world.input() })).toMatchObject({
      because: 'offboarding',
    });
    expect(await startOrJoin(world.client, { kind: 'offboarding', input: offboardingInput(world) })).toMatchObject({
      kind: 'joined',
    });
    await releaseCalls(world.simulator);
    expect(await endOfOffboarding(handle)).toMatchObject({ kind: 'offboarded' });
  });
});

describe.concurrent('an off-boarding that asks for approval', () => {
  it('says what will happen to whom, and goes on once somebody approves', async () => {
    await using world = await onboardedWorld();
    const handle = await startOffboarding(world, { disablement: 'after-approval' });
    const { reason } = await waitForApprovalRequest(handle);
    expect(reason).toContain('approve off-boarding example.com, which takes effect at once');
    expect(reason).toContain(whatDisablingMeans('example.com'));
    const yes = { by: 'alex', reason: 'the company has been sold' };
    expect(await handle.executeUpdate(approveUpdate, { args: [yes] })).toMatchObject({
      answer: { kind: 'approved', ...yes },
    });
    expect(await endOfOffboarding(handle)).toMatchObject({ kind: 'offboarded', result: { left: [] } });
    expectAsFound(world.simulator, world.before);
  });

  it('touches nothing when somebody rejects, or cancels', async () => {
    await using world = await onboardedWorld();
    const enabled = snapshotOf(world.simulator);
    const first = await startOffboarding(world, { disablement: 'after-approval' });
    await waitForApprovalRequest(first);
    await first.executeUpdate(rejectUpdate, { args: [{ by: 'kim', reason: 'they stay' }] });
    expect(await endOfOffboarding(first)).toMatchObject({ kind: 'failed', type: 'ApprovalRejected' });
    const second = await startOffboarding(world, { disablement: 'after-approval' });
    await waitForApprovalRequest(second);
    await second.cancel();
    expect(await endOfOffboarding(second)).toEqual({ kind: 'cancelled' });
    expect(snapshotOf(world.simulator)).toEqual(enabled);
    expect(await readRecord(world)).not.toBeNull();
  });

  it('reads the connectors again after the answer: one that was created meanwhile is removed as well', async () => {
    await using world = await createWorld({ secondConnector: 'allowed' });
    const before = snapshotOf(world.simulator);
    await world.startWorker();
    await (await world.start(world.input())).result();
    const handle = await startOffboarding(world, { disablement: 'after-approval' });
    await waitForApprovalRequest(handle);
    makeConnectorByHand(world);
    await handle.executeUpdate(approveUpdate, { args: [{ by: 'alex', reason: 'all of it' }] });
    expect(await endOfOffboarding(handle)).toMatchObject({ kind: 'offboarded' });
    expectAsFound(world.simulator, before);
  });
});

it.concurrent('cancelled half-way it stops, says what is done and what is left, and run again it does the rest', async () => {
  await using world = await onboardedWorld();
  const isHeld = holdCall(world.simulator, { method: 'DELETE', path: connectorPath, nth: 1 }, 'before');
  const handle = await startOffboarding(world);
  await isHeld();
  await handle.cancel();
  const ending = await endOfOffboarding(handle);
  expect(ending).toMatchObject({ kind: 'incomplete', stop: { cause: { by: 'cancel' } } });
  if (ending.kind === 'incomplete') {
    expect(ending.stop.done).toHaveLength(1);
    expect(ending.stop.left).toHaveLength(2);
  }
  expect(world.simulator.account.connectors.list().map(({ enabled }) => enabled)).toEqual([false]);
  await releaseCalls(world.simulator);
  expect(await endOfOffboarding(await startOffboarding(world))).toMatchObject({ kind: 'offboarded' });
  expectAsFound(world.simulator, world.before);
});

it.concurrent('refuses an input that cannot be used, and touches nothing', async () => {
  await using world = await onboardedWorld();
  const enabled = snapshotOf(world.simulator);
  const input = { ...offboardingInput(world), enablement: 'automatic' };
  const handle = await startOffboarding(world, input);
  expect(await endOfOffboarding(handle)).toMatchObject({ kind: 'failed', type: 'InvalidInput' });
  expect(snapshotOf(world.simulator)).toEqual(enabled);
});
