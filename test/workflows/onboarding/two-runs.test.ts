import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';

import { createWorld } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';

async function outcomeOf(handle: WorkflowHandle): Promise<'enabled' | 'failed'> {
  return await handle.result().then(
    () => 'enabled' as const,
    () => 'failed' as const,
  );
}

/** Two namespaces on one account: their workflow ids do not keep the runs apart. */
async function startBoth(first: World, second: World) {
  await Promise.all([first.startWorker(), second.startWorker()]);
  return await Promise.all([first.start(first.input()), second.start(second.input())]);
}

function txtCount({ simulator }: World): number {
  const records = simulator.account.zones.list().flatMap((zone) => zone.records);
  return records.filter(({ content }) => content.includes('cloudflare_dashboard_sso=')).length;
}

describe.concurrent.each(['refused', 'allowed'] as const)(
  'two runs at once on one domain, a second connector being %s',
  (secondConnector) => {
    it.each([1, 2, 3])('end with one enabled connector and its one TXT value (round %i)', async () => {
      await using first = await createWorld({ secondConnector });
      await using second = await createWorld({}, { shared: first.simulator });
      const handles = await startBoth(first, second);
      const outcomes = await Promise.all(handles.map(async (handle) => await outcomeOf(handle)));

      expect(outcomes).toContain('enabled');
      const connectors = first.simulator.account.connectors.list();
      expect(connectors.filter(({ enabled }) => enabled)).toHaveLength(1);
      expect(connectors).toHaveLength(1);
      expect(txtCount(first)).toBe(1);
    });
  },
);

it.concurrent('a cancelled run takes nothing from the other one, which ends enabled', async () => {
  // Both wait for DNS until one has been cancelled.
  await using first = await createWorld({ nameServerLagSeconds: [3600, 3600] });
  await using second = await createWorld({}, { shared: first.simulator });
  await Promise.all([first.startWorker(), second.startWorker()]);
  const one = await first.start(first.input());
  await first.waitForStatus(one, ({ phase }) => phase === 'waiting-for-dns');
  const two = await second.start(second.input());
  await second.waitForStatus(two, ({ phase }) => phase === 'waiting-for-dns');
  await two.cancel();
  expect(await outcomeOf(two)).toBe('failed');
  for (const server of first.simulator.nameServers) server.lagSeconds = 0;
  expect(await outcomeOf(one)).toBe('enabled');
  expect(first.simulator.account.connectors.list()).toMatchObject([{ enabled: true }]);
  expect(txtCount(first)).toBe(1);
});

it.concurrent('two workers on one queue share a run and end it once', async () => {
  await using world = await createWorld({ nameServerLagSeconds: [1, 1] });
  await Promise.all([world.startWorker(), world.startWorker()]);
  await expect((await world.start(world.input())).result()).resolves.toMatchObject({ enabled: true });
  const writes = world.simulator.log.list().filter(({ method }) => method !== 'GET');
  expect(writes.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'PATCH']);
});
