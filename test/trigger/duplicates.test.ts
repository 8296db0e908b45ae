import { expect, it } from 'vitest';

import type { deliver } from '../../src/workflows/shared/deliver.ts';
import { createWorld } from '../support/onboarding-world.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { sendSigned, startTrigger } from './trigger-world.ts';

const events = 10;
const copies = 100;
const atOnce = 10;

/** The same order at every run: a linear congruential generator (Knuth, MMIX). */
function shuffle<Item>(items: Item[]): Item[] {
  let state = 20_240_229n;
  const next = () => (state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n);
  return items
    .map((item) => ({ item, key: next() }))
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ item }) => item);
}

it('1,000 events, every one a hundred times and in no order, are one run each, also once the runs have closed', async () => {
  await using world = await createWorld();
  const secret = newSecret();
  await using trigger = await startTrigger(world.client, [
    { name: 'hr', webhookSecrets: [secret], accounts: [world.accountId], actions: ['onboard'] },
  ]);
  await world.startWorker();
  const all = shuffle(Array.from({ length: events * copies }, (_, index) => index % events));
  const outcomes: string[] = [];

  async function deliverAll(numbers: number[]): Promise<void> {
    const queue = numbers.values();
    const one = async () => {
      for (const number of queue) {
        // Most of these domains have no zone: a run that has nothing to do is a run all the same.
        const emailDomain = number === 0 ? 'example.com' : `example${number}.com`;
        const event = world.input({ emailDomain, propagation: { check: 'off' } });
        const { status, body } = await sendSigned(trigger.url, event, { secret, id: `event-${number}` });
        expect(status).toBe(202);
        outcomes.push(JSON.stringify(body));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }

  await deliverAll(all.slice(0, 500));
  for (let number = 0; number < events; number += 1) {
    const { workflowId } = await world.client.workflow
      .getHandle<typeof deliver>(`sso-delivery/hr/event-${number}`)
      .result();
    // However it ends.
    await world.client.workflow
      .getHandle(workflowId)
      .result()
      .catch(() => null);
  }
  await deliverAll(all.slice(500));

  expect(outcomes).toHaveLength(events * copies);
  expect(await countRuns(world.client, 'deliver')).toBe(events);
  expect(await countRuns(world.client, 'onboardSsoConnector')).toBe(events);
});
