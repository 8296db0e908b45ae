import { describe, expect, it } from 'vitest';

import { phaseAttribute } from '../../../src/contract/names/ids.ts';
import { addTxtByHand, createWorld } from '../../support/onboarding-world.ts';
import { addConnector, applicationFailureOf, recordsOf, writes, writesOf } from './observations.ts';

const { create, publish, begin, enable } = writes;

describe.concurrent('a bare account', () => {
  it('ends with an enabled connector, one TXT value more, and every other record as it was', async () => {
    await using world = await createWorld();
    const before = recordsOf(world);
    await world.startWorker();
    const handle = await world.start(world.input());

    const result = await handle.result();

    const [connector, ...others] = world.simulator.account.connectors.list();
    expect(others).toEqual([]);
    expect(connector).toMatchObject({ enabled: true, status: 'verified', emailDomain: 'example.com' });
    expect(result).toMatchObject({
      connectorId: connector?.id,
      emailDomain: 'example.com',
      enabled: true,
      alreadyEnabled: false,
      txtRecord: { provider: 'cloudflare', name: 'example.com', value: connector?.code, preexisting: false },
    });
    expect(recordsOf(world, connector?.code)).toBe(before);
    expect(writesOf(world)).toEqual([create, publish, begin, enable]);
  });

  it('publishes before verification begins, quoted, and marked with the run', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input());
    const { txtRecord } = await handle.result();

    const [created, published] = world.simulator.log.list().filter(({ method }) => method === 'POST');
    expect(created?.requestBody).toEqual({ email_domain: 'example.com', begin_verification: false });
    expect(published?.requestBody).toEqual({
      type: 'TXT',
      name: 'example.com',
      content: `"${txtRecord?.value}"`,
      ttl: 1,
      comment: `cloudflare-sso-onboarding run ${handle.firstExecutionRunId}`,
    });
  });

  it('shows its phases in order, its search attributes, and a summary on every activity and timer', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input());
    await handle.result();

    const status = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(status.timeline.map(({ phase }) => phase)).toEqual([
      'checking-prerequisites',
      'creating-connector',
      'publishing-txt',
      'waiting-for-dns',
      'waiting-for-verification',
      'enabling',
      'enabled',
    ]);
    expect((await handle.describe()).typedSearchAttributes.get(phaseAttribute)).toBe('enabled');
    const { events } = await handle.fetchHistory();
    const steps = (events ?? []).filter(
      (event) => event.activityTaskScheduledEventAttributes ?? event.timerStartedEventAttributes,
    );
    expect(steps.length).toBeGreaterThan(10);
    expect(steps.filter((event) => !event.userMetadata?.summary)).toEqual([]);
  });

  it('asks for the FedRAMP language only when the input does', async () => {
    await using world = await createWorld();
    await world.startWorker();
    await (await world.start(world.input({ useFedrampLanguage: true }))).result();
    expect(world.simulator.account.connectors.list()).toMatchObject([{ useFedrampLanguage: true }]);
  });
});

describe.concurrent('a connector that exists already is adopted in its state', () => {
  it.each([
    { status: 'awaiting', enabled: false, writes: [publish, begin, enable] },
    { status: 'pending', enabled: false, writes: [publish, enable] },
    { status: 'failed', enabled: false, writes: [publish, begin, enable] },
    { status: 'verified', enabled: false, writes: [enable] },
    { status: 'verified', enabled: true, writes: [] },
  ] as const)('$status, enabled: $enabled', async ({ status, enabled, writes: expected }) => {
    await using world = await createWorld();
    const { id } = addConnector(world, status, enabled);
    await world.startWorker();

    const result = await (await world.start(world.input())).result();

    expect(result).toMatchObject({ connectorId: id, enabled: true, alreadyEnabled: enabled });
    expect(writesOf(world)).toEqual(expected);
    expect(world.simulator.account.connectors.list()).toMatchObject([{ id, enabled: true }]);
  });

  it('uses a TXT value that exists already, and adds no second one', async () => {
    await using world = await createWorld();
    const { code } = addConnector(world, 'awaiting');
    await addTxtByHand(world, 'example.com', code);
    const before = recordsOf(world);
    world.simulator.log.clear();
    await world.startWorker();

    const { txtRecord } = await (await world.start(world.input())).result();

    expect(txtRecord).toMatchObject({ value: code, preexisting: true });
    expect(recordsOf(world)).toBe(before);
    expect(writesOf(world)).toEqual([begin, enable]);
  });

  it('fails when its FedRAMP language is not the one asked for, and changes nothing', async () => {
    await using world = await createWorld();
    const { id } = addConnector(world, 'verified');
    await world.startWorker();
    const failure = await applicationFailureOf(await world.start(world.input({ useFedrampLanguage: true })));
    expect(failure).toMatchObject({ type: 'ConnectorConflict' });
    expect(failure.message).toContain(id);
    expect(writesOf(world)).toEqual([]);
  });

  it('fails when there are two, and names both', async () => {
    await using world = await createWorld({ secondConnector: 'allowed' });
    const ids = [addConnector(world, 'awaiting').id, addConnector(world, 'verified').id];
    await world.startWorker();
    const failure = await applicationFailureOf(await world.start(world.input()));
    expect(failure).toMatchObject({ type: 'ConnectorConflict' });
    for (const id of ids) expect(failure.message).toContain(id);
    expect(writesOf(world)).toEqual([]);
  });
});

describe.concurrent('where the value goes', () => {
  it('publishes for a subdomain at its own name, in the zone above it', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const { txtRecord } = await (await world.start(world.input({ emailDomain: 'team.example.com' }))).result();
    expect(txtRecord).toMatchObject({ name: 'team.example.com', zone: { apex: 'example.com' } });
    expect(world.simulator.account.connectors.list()).toMatchObject([
      { emailDomain: 'team.example.com', enabled: true },
    ]);
  });

  it('says what to add where with the provider "manual", and continues by itself once DNS shows it', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input({ dnsProvider: 'manual' }));

    const waiting = await world.waitForStatus(
      handle,
      ({ phase, nextCheckAt }) => phase === 'waiting-for-dns' && nextCheckAt !== null,
    );
    const value = waiting.connector?.verificationCode ?? 'none';
    expect(waiting.reason).toContain('add by hand in the zone example.com');
    expect(waiting.reason).toMatch(new RegExp(`example\\.com\\. \\d+ IN TXT "${value}"`, 'u'));
    expect(writesOf(world)).toEqual([create]);

    await addTxtByHand(world, 'example.com', value);
    await expect(handle.result()).resolves.toMatchObject({
      enabled: true,
      txtRecord: { provider: 'manual', recordId: null },
    });
    expect(writesOf(world)).toEqual([create, publish, begin, enable]);
  });

  it("finds the zone among the account's own when DNS is not asked", async () => {
    await using world = await createWorld();
    for (const server of world.simulator.nameServers) server.mode = 'drop';
    await world.startWorker();
    const input = world.input({ emailDomain: 'team.example.com', propagationCheck: 'off' });
    const handle = await world.start(input);
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-verification');
    for (const server of world.simulator.nameServers) server.mode = 'normal';
    await expect(handle.result()).resolves.toMatchObject({ txtRecord: { name: 'team.example.com' } });
  });
});
