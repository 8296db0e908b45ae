import { expect, it } from 'vitest';

import type { DeliverWorkflow } from '../../src/contract/handlers.ts';
import { deliveryWorkflowType, workflowTypes } from '../../src/contract/names/ids.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { createWorld } from '../support/onboarding-world.ts';
import { senderOf, sendSigned, startTrigger } from './running-trigger.ts';

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

it('1,000 events, each a hundred times in no order, start one run each, also after the runs have ended', async () => {
  await using world = await createWorld();
  const secret = newSecret();
  await using trigger = await startTrigger(world.client, { senders: [senderOf(secret, [world.accountId])] });
  await world.startWorker();
  const all = shuffle(Array.from({ length: events * copies }, (_, index) => index % events));
  const outcomes: string[] = [];
  const runIds = Array.from({ length: events }, () => new Set<unknown>());

  async function deliverAll(numbers: number[]): Promise<void> {
    const queue = numbers.values();
    const one = async () => {
      for (const number of queue) {
        // Most of these domains have no zone: a run that fails at once is a run all the same.
        const emailDomain = number === 0 ? 'example.com' : `example${number}.com`;
        const event = world.input({ emailDomain, propagationCheck: 'off' });
        const { status, body } = await sendSigned(trigger.url, event, { secret, id: `event-${number}` });
        expect(status).toBe(202);
        expect(body).toMatchObject({ emailDomain });
        outcomes.push(JSON.stringify(body));
        runIds[number]?.add(Reflect.get(body as object, 'runId'));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }

  await deliverAll(all.slice(0, 500));
  for (let number = 0; number < events; number += 1) {
    const delivery = world.client.workflow.getHandle<DeliverWorkflow>(`sso-delivery/hr/event-${number}`);
    const { workflowId } = await delivery.result();
    // However it ends.
    await world.client.workflow
      .getHandle(workflowId)
      .result()
      .catch(() => null);
  }
  for (const ids of runIds) ids.clear();
  await deliverAll(all.slice(500));

  expect(outcomes).toHaveLength(events * copies);
  // Every copy of an event leads to the same run.
  for (const ids of runIds) expect([...ids]).toEqual([expect.any(String)]);
  expect(await countRuns(world.client, deliveryWorkflowType)).toBe(events);
  expect(await countRuns(world.client, workflowTypes.onboarding)).toBe(events);
});
