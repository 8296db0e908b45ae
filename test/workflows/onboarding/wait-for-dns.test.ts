/** DNS during a run: who publishes, what a person is asked for, and which side is late. */
import { describe, expect, it } from 'vitest';

import { giveUpUndoUpdate } from '../../../src/contract/handlers.ts';
import { requireInstalled } from '../../dns/servers/installed.ts';
import { addTxtByHand, createWorld } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { endingOf, snapshotOf } from '../endings.ts';
import { waitingForVerification } from '../stages.ts';
import { startPeer } from './provider-peers.ts';

describe.concurrent('the provider "auto"', () => {
  it('is Cloudflare where the account has the zone that is delegated to', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input({ dnsProvider: 'auto' }));
    const { txtRecord } = await handle.result();
    expect(txtRecord?.provider).toBe('cloudflare');
  });

  it('cannot be chosen when the name servers are not asked, and the failure says what to do', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const ending = await endingOf(await world.start(world.input({ dnsProvider: 'auto', propagationCheck: 'off' })));
    expect(ending).toMatchObject({ kind: 'failed', type: 'PrerequisitesNotMet' });
    expect(ending.kind === 'failed' && ending.message).toContain('name the provider');
    expect(world.simulator.account.connectors.list()).toEqual([]);
  });

  describe.skipIf(!requireInstalled('named', 'nsupdate', 'dig', 'rndc'))('where the zone is not in the account', () => {
    it('is rfc2136 when its primary serves the zone and accepts the key', async () => {
      await using peer = await startPeer.rfc2136();
      await using world = await createWorld({ ...peer.simulator, domain: 'elsewhere.com' });
      await world.startWorker({ ...peer.environment, DNS_PROVIDER: 'auto' });
      const handle = await world.start(world.input());
      expect(await endingOf(handle)).toEqual({ kind: 'enabled' });
      const { provider } = await world.waitForStatus(handle, () => true);
      expect(provider?.name).toBe('rfc2136');
      expect(provider?.why).toContain('accepts the worker');
    });

    it('is a person when no provider fits, and the status says why', async () => {
      await using peer = await startPeer.manual();
      await using world = await createWorld({ ...peer.simulator, domain: 'elsewhere.com' });
      await world.startWorker({ ...peer.environment, DNS_PROVIDER: 'auto' });
      const handle = await world.start(world.input());
      const { provider } = await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
      expect(provider?.name).toBe('manual');
      expect(provider?.why).toContain('ns1.example.com');
      await peer.obey(world, handle);
      expect(await endingOf(handle)).toEqual({ kind: 'enabled' });
    });
  });
});

describe.concurrent('a value that a person added', () => {
  it('has to be removed by hand after an undo, as a line to paste, until DNS shows that it is gone or somebody gives up', async () => {
    await using world = await createWorld(waitingForVerification.simulator, {
      timings: timingVariables({ attemptSeconds: 1.5, heartbeatSeconds: 1 }),
    });
    await world.startWorker();
    const handle = await world.start(world.input({ dnsProvider: 'manual' }));
    const { connector } = await world.waitForStatus(handle, ({ phase, nextCheckAt }) => {
      return phase === 'waiting-for-dns' && nextCheckAt !== null;
    });
    const value = connector?.verificationCode ?? 'none';
    await addTxtByHand(world, 'example.com', value);
    await world.waitForStatus(handle, ({ phase }) => phase !== 'waiting-for-dns');
    await handle.cancel();

    const undoing = await world.waitForStatus(handle, ({ reason }) => reason.includes('remove by hand'));
    // The TTL of the values that are there.
    expect(undoing.reason).toContain(`example.com. 3600 IN TXT "${value}"`);
    // Also once everything else has been undone.
    await world.waitForStatus(handle, ({ undo, reason }) => {
      const isDeleted = undo.steps.some(({ kind, state }) => kind === 'delete-connector' && state === 'undone');
      return isDeleted && reason.includes('remove by hand');
    });
    const givenUp = { by: 'alex', reason: 'the DNS team is away' };
    await handle.executeUpdate(giveUpUndoUpdate, { args: [givenUp] });
    const ending = await endingOf(handle);
    expect(ending).toMatchObject({ kind: 'undone', report: { givenUp } });
    if (ending.kind !== 'undone') return;
    expect(ending.report.left).toEqual([expect.stringMatching(/^remove-txt-value: given up by alex/u)]);
    expect(world.simulator.account.connectors.list()).toEqual([]);
  });

  it('is reported as left when the name servers are not asked, because nothing shows whether it is gone', async () => {
    await using world = await createWorld(waitingForVerification.simulator);
    await world.startWorker();
    const handle = await world.start(world.input({ dnsProvider: 'manual', propagationCheck: 'off' }));
    const { reason } = await world.waitForStatus(handle, ({ verification, nextCheckAt }) => {
      return verification.begunAt !== null && nextCheckAt !== null;
    });
    expect(reason).toContain('add by hand');
    await handle.cancel();
    const ending = await endingOf(handle);
    if (ending.kind !== 'undone') throw new Error(`It ended ${ending.kind}`);
    expect(ending.report.left).toEqual([
      expect.stringMatching(/^remove-txt-value: the person who added it must remove it/u),
    ]);
    expect(snapshotOf(world.simulator).connectors).toEqual([]);
  });
});

describe.concurrent('while Cloudflare verifies', () => {
  it('a DNS provider that cannot be reached delays nothing: the run ends enabled', async () => {
    await using world = await createWorld(
      { verifierNameServers: [] },
      { timings: timingVariables({ attemptSeconds: 1.5, heartbeatSeconds: 1 }) },
    );
    const { account, faults } = world.simulator;
    await world.startWorker();
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-verification');
    faults.add({ path: '/zones/*/dns_records', when: 'before', times: 'forever', fault: 'reset' });
    await world.waitForStatus(handle, ({ reason }) => reason.includes('findTxtRecord failed, and the run continues'));
    for (const { id } of account.connectors.list()) account.connectors.change(id, { status: 'verified' });
    expect(await endingOf(handle)).toEqual({ kind: 'enabled' });
  });

  it('a value that disappeared and cannot be added again at once stays on the list of what is to be undone', async () => {
    await using world = await createWorld({ verifierNameServers: [] });
    const { account, faults } = world.simulator;
    const before = snapshotOf(world.simulator);
    await world.startWorker();
    const handle = await world.start(world.input());
    const { txtRecord } = await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-verification');
    faults.add({ method: 'POST', path: '/zones/*/dns_records', when: 'before', fault: { status: 400 } });
    for (const zone of account.zones.list()) zone.remove(txtRecord?.recordId ?? '');
    const refused = await world.waitForStatus(handle, ({ reason }) => reason.includes('publishTxtRecord failed'));
    expect(refused.undo.steps.map(({ kind }) => kind)).toContain('remove-txt-value');
    await world.waitForStatus(handle, ({ verification }) => verification.republished === 1);
    await handle.cancel();
    expect(await endingOf(handle)).toMatchObject({ kind: 'undone', report: { left: [] } });
    expect(snapshotOf(world.simulator)).toEqual(before);
  });

  it('the status says which side is late, from name servers that are asked again', async () => {
    // Without name servers to query, the simulated Cloudflare never finds the value.
    await using world = await createWorld(
      { verifierNameServers: [] },
      { timings: timingVariables({ propagationRefreshSeconds: 0.2 }) },
    );
    await world.startWorker();
    const handle = await world.start(world.input());
    const waiting = await world.waitForStatus(
      handle,
      ({ reason, phase }) => phase === 'waiting-for-verification' && reason.includes('DNS is not the cause'),
    );
    expect(waiting.caches).toMatchObject({ seconds: 3600, because: 'old-values' });
    const expectedAt = Date.parse(waiting.caches?.expectedEverywhereAt ?? '');
    expect(expectedAt).toBeLessThanOrEqual(Date.parse(waiting.evidence?.observedAt ?? '') + 3_600_000);
    expect(waiting.evidence?.findings).toEqual([]);

    const [first, second] = world.simulator.nameServers;
    if (first === undefined || second === undefined) throw new Error('The simulator has two name servers');
    second.mode = 'servfail';
    const refreshed = await world.waitForStatus(handle, ({ evidence }) => (evidence?.findings.length ?? 0) > 0);
    expect(refreshed.evidence?.servers.map(({ verdict }) => verdict).toSorted()).toEqual(['has-value', 'lame']);
    expect(refreshed.evidence?.findings.join()).toContain('SERVFAIL');
    expect(refreshed.reason).toContain('not counted');

    first.mode = 'servfail';
    await world.waitForStatus(handle, ({ reason }) => reason.includes('whether DNS is late is unknown'));
    await handle.terminate();
  });
});
