import type { WorkflowHandle } from '@temporalio/client';
import { expect, it } from 'vitest';

import { startDevServer } from '../../../scripts/dev-server.ts';
import type { Polling } from '../../../src/contract/old-contract.ts';
import { withDefaults } from '../../../src/contract/schemas/onboarding-input.ts';
import { nextWaitSeconds } from '../../../src/decisions/polling.ts';
import { createWorld } from '../../support/onboarding-world.ts';

/** How often the schedule looks within a wait of this length, when looking itself takes no time: the most that can be. */
function predictLooks(seconds: number, polling: Polling): number {
  let looks = 0;
  for (let at = nextWaitSeconds(0, polling); at <= seconds; at += nextWaitSeconds(at, polling)) looks += 1;
  return looks;
}

/** The server suggests continue-as-new from here on; its own default is 4,096. */
const suggestedEvents = 60;
/** What one look can add before the run comes to its next wait. */
const eventsOfALook = 40;

it('a verification that fails three times and runs that continue as new end enabled, within the schedule and the history', async () => {
  await using server = await startServer();
  // Two of Cloudflare's days in four seconds.
  const verifier = { everySeconds: 8640, timeoutSeconds: 172_800 };
  await using world = await createWorld({ timeScale: 43_200, verifier }, { address: server.address });
  await world.startWorker();
  for (const nameServer of world.simulator.nameServers) nameServer.mode = 'servfail';
  const polling = { firstSeconds: 0.1, growth: 0.1, maxSeconds: 0.5 };
  const handle = await world.start(world.input({ propagation: { check: 'off' }, polling }));
  const current = world.client.workflow.getHandle(handle.workflowId);
  await world.waitForStatus(current, ({ verification }) => verification.restarts === 3);
  for (const nameServer of world.simulator.nameServers) nameServer.mode = 'normal';
  await expect(handle.result()).resolves.toMatchObject({ enabled: true, alreadyEnabled: false });

  const { verification, startedAt } = await world.waitForStatus(current, ({ phase }) => phase === 'enabled');
  const seconds = (Date.now() - Date.parse(startedAt)) / 1000;
  expect(verification.restarts).toBe(3);
  // Each of the four verifications is a wait of its own; the sum of the parts has no more looks than each for the whole.
  expect(verification.checks).toBeLessThanOrEqual(4 * predictLooks(seconds, polling));

  const histories: HistoryEvent[][] = [];
  for await (const { workflowId, runId } of world.client.workflow.list()) {
    const { events } = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(events ?? []);
  }
  const lengths = histories.map(({ length }) => length);
  expect(lengths.length).toBeGreaterThanOrEqual(3);
  for (const length of lengths.slice(0, -1)) expect(length).toBeLessThanOrEqual(suggestedEvents + eventsOfALook);
  await world.record(current, 'continued-as-new');
  await world.record(
    world.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId),
    'continues-as-new',
  );

  const eventsPerLook = median(histories.flatMap((events) => distancesBetweenLooks(events)));
  console.log(
    `${verification.checks} looks in ${lengths.length} runs of ${lengths.join(', ')} events; ${eventsPerLook} events a look`,
  );
  console.table([1, 2, 7].map((days) => costOf(days, eventsPerLook)));
});

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** How many events lie between one look at the connector and the next. */
function distancesBetweenLooks(events: HistoryEvent[]): number[] {
  const looks = events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }, index) =>
    scheduled?.activityType?.name === 'getConnector' ? [index] : [],
  );
  return looks.slice(1).map((index, position) => index - (looks[position] ?? 0));
}

function median(numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

/** What a wait of some days costs with the default schedule: each look is a timer and two activities. */
function costOf(days: number, eventsPerLook: number) {
  const { polling } = withDefaults({ accountId: '', emailDomain: '' }, 'cloudflare');
  const looks = predictLooks(days * 86_400, polling);
  const events = looks * eventsPerLook;
  return { days, looks, events, 'billed actions': looks * 3, 'continued as new': Math.floor(events / 4096) };
}

async function startServer(): Promise<AsyncDisposable & { address: string }> {
  const environment = await startDevServer({
    extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${suggestedEvents}`],
  });
  return {
    address: environment.address,
    async [Symbol.asyncDispose]() {
      await environment.teardown();
    },
  };
}
