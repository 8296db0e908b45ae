/**
 * Whole runs with each DNS provider against its real server: the value is published beside the others, published by two runs
 * at once, removed, removed after a kill, refused with a wrong key, and waited for while the server is down.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, describe, expect, it, vi } from 'vitest';

import { dnsProviderNames } from '../../../src/contract/names/vocabulary.ts';
import type { DnsProviderName } from '../../../src/contract/names/vocabulary.ts';
import { requireInstalled } from '../../dns/servers/installed.ts';
import { requireMoto } from '../../dns/servers/moto-process.ts';
import { createWorld } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { startWorkerProcess } from '../../support/processes.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import {
  endingOf,
  expectAsFound,
  expectEnabledOnce,
  expectUndoneByCancel,
  hangsAfter,
  snapshotOf,
} from '../endings.ts';
import { holdCall, releaseCalls } from '../kill-points.ts';
import { readingBack } from '../stages.ts';
import { startPeer, stopMoto } from './provider-peers.ts';
import type { Peer } from './provider-peers.ts';

vi.setConfig({ testTimeout: 5 * 60_000 });

const properties = [
  'published',
  'siblings kept',
  'raced safely',
  'removed',
  'undone after a kill',
  'wrong key',
  'server down',
] as const;
type Property = (typeof properties)[number];

const shown = new Map<DnsProviderName, { peer: string; cells: Map<Property, string> }>();

function show(provider: DnsProviderName, peer: string, cells: Partial<Record<Property, string>>): void {
  const row = shown.get(provider) ?? { peer, cells: new Map() };
  for (const property of properties) {
    const cell = cells[property];
    if (cell !== undefined) row.cells.set(property, cell);
  }
  shown.set(provider, row);
}

afterAll(async () => {
  await stopMoto();
  const rows = Array.from(shown, ([provider, { peer, cells }]) => {
    const missing = provider === 'manual' ? '–' : 'FAILED';
    return [provider, peer, ...properties.map((property) => cells.get(property) ?? missing)];
  });
  const table = [['provider', 'peer', ...properties], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  console.log(table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n'));
});

/** Records of the apex that hold the verification code of one of the account's connectors. */
function ownValues(values: readonly string[], { simulator }: World): string[] {
  const codes = simulator.account.connectors.list().map(({ code }) => code);
  return values.filter((value) => codes.some((code) => value.includes(code)));
}

/** An attempt lasts long enough for a slow machine. */
const timings = timingVariables({ attemptSeconds: 10, heartbeatSeconds: 5 });

/** A process only where it has to be one, since it takes a second of a core to start. */
async function startWorker(world: World, peer: Peer, environment = peer.environment): Promise<AsyncDisposable> {
  if (peer.needsProcess) return startWorkerProcess({ ...world.environment, ...environment });
  const { stop } = await world.startWorker(environment);
  return { [Symbol.asyncDispose]: stop };
}

/** A person does what the status asks for, as often as it asks; the others need nobody. */
async function endingWith(peer: Peer, world: World, handle: WorkflowHandle) {
  const [ending] = await Promise.all([endingOf(handle), peer.obey(world, handle)]);
  return ending;
}

async function isReached(isAt: Promise<void>, peer: Peer, world: World, handle: WorkflowHandle): Promise<void> {
  await Promise.all([isAt, peer.obey(world, handle)]);
}

const isInstalled = requireInstalled('named', 'nsupdate', 'dig', 'rndc') && requireMoto();

describe.skipIf(!isInstalled).each(dnsProviderNames)('with the provider %s', { concurrent: true }, (provider) => {
  it('the value is published beside the others, which stay as they are', async () => {
    await using peer = await startPeer[provider]();
    await using world = await createWorld(peer.simulator, { timings });
    const before = await peer.values(world);
    await using _worker = await startWorker(world, peer);
    const found = snapshotOf(world.simulator);
    const handle = await world.start(world.input());
    expect(await endingWith(peer, world, handle)).toEqual({ kind: 'enabled' });
    expectEnabledOnce(world.simulator, found, provider === 'cloudflare' ? 'once' : 'at most once');
    const after = await peer.values(world);
    const own = ownValues(after, world);
    expect(own).toHaveLength(1);
    expect(after.filter((value) => !own.includes(value))).toEqual(before);
    show(provider, peer.name, { published: 'yes', 'siblings kept': `all ${before.length}` });
  });

  it('a run that is cancelled removes the value again, and nothing else', async () => {
    await using peer = await startPeer[provider]();
    await using world = await createWorld(peer.simulator, { timings });
    const before = await peer.values(world);
    const found = snapshotOf(world.simulator);
    const isEnabled = readingBack.arrange(world);
    await using _worker = await startWorker(world, peer);
    const handle = await world.start(world.input());
    await isReached(isEnabled(handle), peer, world, handle);
    expect(ownValues(await peer.values(world), world)).toHaveLength(1);
    await handle.cancel();
    expectUndoneByCancel(await endingWith(peer, world, handle), world.simulator, found);
    expect(await peer.values(world)).toEqual(before);
    show(provider, peer.name, { removed: 'yes' });
  });

  it('a run whose worker is killed, and that is cancelled, removes the value again', async () => {
    await using peer = await startPeer[provider]();
    await using world = await createWorld(peer.simulator, { timings });
    const before = await peer.values(world);
    const found = snapshotOf(world.simulator);
    const isEnabled = readingBack.arrange(world);
    const environment = { ...world.environment, ...peer.environment };
    await using worker = startWorkerProcess(environment);
    const handle = await world.start(world.input());
    await worker.during(isReached(isEnabled(handle), peer, world, handle));
    await worker.killNow();
    await handle.cancel();
    await releaseCalls(world.simulator);
    await using next = startWorkerProcess(environment);
    expectUndoneByCancel(await next.during(endingWith(peer, world, handle)), world.simulator, found);
    expect(await peer.values(world)).toEqual(before);
    show(provider, peer.name, { 'undone after a kill': 'yes' });
  });
});

/** A person has no key, is no server, and works on one run at a time. */
const machines = dnsProviderNames.filter((provider) => provider !== 'manual');

describe.skipIf(!isInstalled).each(machines)('with the provider %s', { concurrent: true }, (provider) => {
  it('two runs at one apex at once keep all values, and both end enabled where each has a connector of its own', async () => {
    await using peer = await startPeer[provider]();
    await using one = await createWorld(peer.simulator, { timings });
    // Cloudflare's zone is the account's own, so there the two runs share the account and its connector.
    await using two = await createWorld(peer.simulator, {
      timings,
      shared: provider === 'cloudflare' ? one.simulator : null,
    });
    const before = await peer.values(one);
    await using _one = await startWorker(one, peer);
    await using _two = await startWorker(two, peer);
    const handles = await Promise.all([one.start(one.input()), two.start(two.input())]);
    const endings = await Promise.all(handles.map(async (handle) => await endingOf(handle)));
    if (provider === 'cloudflare') expect(endings).toContainEqual({ kind: 'enabled' });
    else expect(endings).toEqual([{ kind: 'enabled' }, { kind: 'enabled' }]);
    const after = await peer.values(one);
    const own = [...new Set([...ownValues(after, one), ...ownValues(after, two)])];
    expect(own).toHaveLength(provider === 'cloudflare' ? 1 : 2);
    expect(after.filter((value) => !own.includes(value))).toEqual(before);
    show(provider, peer.name, { 'raced safely': `${own.length} of ${own.length} values` });
  });

  it('a key that is not accepted ends the run before anything is written', async () => {
    await using peer = await startPeer[provider]();
    await using world = await createWorld(peer.simulator, { timings });
    const before = await peer.values(world);
    const found = snapshotOf(world.simulator);
    peer.arrange(world.simulator);
    await using _worker = await startWorker(world, peer, peer.wrongKey?.environment);
    const ending = await endingOf(await world.start(world.input()));
    if (ending.kind !== 'failed') throw new Error(`It ended ${ending.kind}`);
    expect(ending.type).toBe('PrerequisitesNotMet');
    expect(ending.message).toContain(peer.wrongKey?.says);
    expectAsFound(world.simulator, found);
    expect(await peer.values(world)).toEqual(before);
    show(provider, peer.name, { 'wrong key': 'refused' });
  });

  it('a server that is down is waited for', async () => {
    await using peer = await startPeer[provider]();
    await using world = await createWorld(peer.simulator, { timings });
    const { simulator } = world;
    const isCreating = holdCall(simulator, { method: 'POST', path: '/accounts/*/sso_connectors', nth: 1 }, 'after');
    await using _worker = await startWorker(world, peer);
    const handle = await world.start(world.input());
    await isCreating();
    const bringUp = (await peer.takeDown?.(world)) ?? null;
    await releaseCalls(simulator);
    await vi.waitFor(async () => {
      const [pending] = (await handle.describe()).raw.pendingActivities ?? [];
      expect(pending?.activityType?.name).toBe('findTxtRecord');
      expect(pending?.attempt).toBeGreaterThan(2);
      const type = provider === 'cloudflare' ? 'CloudflareUnreachable' : 'DnsProviderUnavailable';
      expect(pending?.lastFailure?.applicationFailureInfo?.type).toBe(type);
    }, hangsAfter);
    await bringUp?.();
    expect(await endingOf(handle)).toEqual({ kind: 'enabled' });
    expect(ownValues(await peer.values(world), world)).toHaveLength(1);
    show(provider, peer.name, { 'server down': 'waited for' });
  });
});
