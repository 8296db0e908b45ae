/** A run waits for the name servers, and for Cloudflare's verification. */
import { describe, expect, it, vi } from 'vitest';

import { checkNowSignal } from '../../../src/contract/handlers.ts';
import { createWorld, testToken, waitOptions } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { causeOfUndo, recordsOf, writes, writesOf } from './observations.ts';

const { begin, enable } = writes;

describe.concurrent('waiting for DNS', () => {
  it('begins verification only once the lagging name server has the value too, and says which one it waits for', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [0, 3] });
    await world.startWorker();
    const handle = await world.start(world.input());

    const waiting = await world.waitForStatus(
      handle,
      ({ phase, evidence }) => phase === 'waiting-for-dns' && evidence !== null,
    );
    const late = `127.0.0.1:${world.simulator.nameServers[1]?.port}`;
    expect(waiting.reason).toContain(late);
    expect(waiting.evidence?.resolvers).toEqual([]);
    expect(writesOf(world)).not.toContain(begin);

    await handle.result();
    const { evidence } = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(evidence?.servers.map(({ verdict }) => verdict)).toEqual(['has-value', 'has-value']);
    expect(evidence?.resolvers.map(({ verdict }) => verdict)).toEqual(['has-value', 'has-value']);
  });

  it('reports a dead name server, and decides by those that answer', async () => {
    await using world = await createWorld();
    const [, dead] = world.simulator.nameServers;
    await world.startWorker();
    if (dead) dead.mode = 'drop';
    const handle = await world.start(world.input());
    await handle.result();
    const { evidence } = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(evidence?.servers.map(({ verdict }) => verdict).toSorted()).toEqual(['has-value', 'unreachable']);
  });

  it('begins verification anyway when it takes too long and the provider confirms the record', async () => {
    const timings = timingVariables({ propagationMaxSeconds: 0.5 });
    await using world = await createWorld({ nameServerLagSeconds: [0, 3600] }, { timings });
    await world.startWorker();
    const handle = await world.start(world.input());
    await expect(handle.result()).resolves.toMatchObject({ enabled: true });
    const { evidence } = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(evidence?.servers.map(({ verdict }) => verdict)).toContain('lacks-value');
  });

  it('checks at once on checkNow', async () => {
    const timings = timingVariables({ pollFirstSeconds: 3600, pollMaxSeconds: 3600 });
    await using world = await createWorld({ nameServerLagSeconds: [0, 1] }, { timings });
    await world.startWorker();
    const handle = await world.start(world.input());
    const isWaiting = async () => await world.waitForStatus(handle, ({ nextCheckAt }) => nextCheckAt !== null);
    const { nextCheckAt } = await isWaiting();
    expect(Date.parse(nextCheckAt ?? '')).toBeGreaterThan(Date.now() + 3_000_000);
    await vi.waitFor(async () => {
      const { status } = await handle.describe();
      if (status.name === 'RUNNING') await handle.signal(checkNowSignal);
      expect(status.name).toBe('COMPLETED');
    }, waitOptions);
  });
});

describe.concurrent('waiting for Cloudflare', () => {
  it('begins verification again after it has failed, and counts it', async () => {
    await using world = await createWorld({ verifier: { everySeconds: 3600, timeoutSeconds: 1_000_000 } });
    await world.startWorker();
    // The verifier queries DNS once when verification begins, and does not find the value the first time.
    for (const server of world.simulator.nameServers) server.mode = 'servfail';
    const handle = await world.start(world.input({ propagationCheck: 'off' }));
    await world.waitForStatus(handle, ({ verification }) => verification.begunAt !== null);
    for (const server of world.simulator.nameServers) server.mode = 'normal';
    const [connector] = world.simulator.account.connectors.list();
    world.simulator.account.connectors.change(connector?.id ?? '', { status: 'failed' });

    await expect(handle.result()).resolves.toMatchObject({ enabled: true });
    const { verification } = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(verification.restarts).toBe(1);
    expect(writesOf(world).filter((call) => call === begin)).toHaveLength(2);
  });

  it('publishes the TXT value again when somebody has deleted it, as often as it takes', async () => {
    await using world = await createWorld({ verifier: { everySeconds: 3600, timeoutSeconds: 1_000_000 } });
    await world.startWorker();
    for (const server of world.simulator.nameServers) server.mode = 'servfail';
    const handle = await world.start(world.input({ propagationCheck: 'off' }));
    await world.waitForStatus(handle, ({ verification }) => verification.checks > 0);
    const [connector] = world.simulator.account.connectors.list();
    const before = recordsOf(world, connector?.code);
    const [zone] = world.simulator.account.zones.list();
    const record = zone?.records.find(({ content }) => content.includes(connector?.code ?? 'none'));
    const path = `${world.simulator.baseUrl}/zones/${zone?.id}/dns_records/${record?.id}`;
    await fetch(path, { method: 'DELETE', headers: { authorization: `Bearer ${testToken}` } });

    const status = await world.waitForStatus(handle, ({ verification }) => verification.republished === 1);
    expect(status.txtRecord?.recordId).not.toBe(record?.id);
    for (const server of world.simulator.nameServers) server.mode = 'normal';
    world.simulator.account.connectors.change(connector?.id ?? '', { status: 'verified' });
    await expect(handle.result()).resolves.toMatchObject({
      enabled: true,
      txtRecord: { recordId: status.txtRecord?.recordId },
    });
    expect(recordsOf(world, connector?.code)).toBe(before);
  });

  it('fails when somebody deletes the connector', async () => {
    await using world = await createWorld({ verifier: { everySeconds: 3600, timeoutSeconds: 1_000_000 } });
    const before = recordsOf(world);
    await world.startWorker();
    for (const server of world.simulator.nameServers) server.mode = 'servfail';
    const handle = await world.start(world.input({ propagationCheck: 'off' }));
    await world.waitForStatus(handle, ({ verification }) => verification.begunAt !== null);
    const [connector] = world.simulator.account.connectors.list();
    world.simulator.account.connectors.remove(connector?.id ?? '');
    expect(await causeOfUndo(handle)).toMatchObject({ by: 'failure', type: 'ConnectorChanged' });
    expect(recordsOf(world)).toBe(before);
  });

  it('enables nothing itself when somebody else enables the connector meanwhile, and says so', async () => {
    await using world = await createWorld({ verifier: { everySeconds: 3600, timeoutSeconds: 1_000_000 } });
    await world.startWorker();
    for (const server of world.simulator.nameServers) server.mode = 'servfail';
    const handle = await world.start(world.input({ propagationCheck: 'off' }));
    await world.waitForStatus(handle, ({ verification }) => verification.begunAt !== null);
    const [connector] = world.simulator.account.connectors.list();
    world.simulator.account.connectors.change(connector?.id ?? '', { status: 'verified', enabled: true });
    await expect(handle.result()).resolves.toMatchObject({ alreadyEnabled: true });
    expect(writesOf(world)).not.toContain(enable);
  });

  it("fails with Cloudflare's message when the domain is enabled in another account", async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ enabledElsewhere: ['example.com'] });
    await world.startWorker();
    const before = recordsOf(world);
    const cause = await causeOfUndo(await world.start(world.input()));
    expect(cause).toMatchObject({ by: 'failure', type: 'CloudflareRefused' });
    expect(cause.message).toContain('Another SSO connector is enabled for example.com');
    expect(recordsOf(world)).toBe(before);
    expect(world.simulator.account.connectors.list()).toEqual([]);
  });
});
