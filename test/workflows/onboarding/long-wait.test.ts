import type { WorkflowHandle } from '@temporalio/client';
import { expect, it } from 'vitest';

import { readTimings } from '../../../src/config/timings.ts';
import { nextWaitSeconds } from '../../../src/decisions/timings.ts';
import type { Polling } from '../../../src/decisions/timings.ts';
import { startEarlyContinueServer } from '../../support/early-continue-server.ts';
import { createWorld } from '../../support/onboarding-world.ts';

/** How many checks the schedule has within a wait of this length if a check takes no time, which is the most there can be. */
function predictChecks(seconds: number, polling: Polling): number {
  let checks = 0;
  for (let at = nextWaitSeconds(0, polling); at <= seconds; at += nextWaitSeconds(at, polling)) checks += 1;
  return checks;
}

/** The server suggests continue-as-new from here on; its own default is 4,096. */
const suggestedEvents = 60;
/** What one check can add before the run comes to its next wait. */
const mostEventsOfCheck = 40;

it('a verification that fails three times and runs that continue as new end enabled, within the schedule and the history', async () => {
  await using server = await startEarlyContinueServer(suggestedEvents);
  // Two of Cloudflare's days in four seconds.
  const verifier = { everySeconds: 8640, timeoutSeconds: 172_800 };
  await using world = await createWorld({ timeScale: 43_200, verifier }, { address: server.address });
  await world.startWorker();
  for (const nameServer of world.simulator.nameServers) nameServer.mode = 'servfail';
  const { polling } = readTimings(world.environment, []);
  const handle = await world.start(world.input({ propagationCheck: 'off' }));
  const current = world.client.workflow.getHandle(handle.workflowId);
  await world.waitForStatus(current, ({ verification }) => verification.restarts === 3);
  for (const nameServer of world.simulator.nameServers) nameServer.mode = 'normal';
  await expect(handle.result()).resolves.toMatchObject({ enabled: true, alreadyEnabled: false });

  const { verification, startedAt } = await world.waitForStatus(current, ({ phase }) => phase === 'enabled');
  const seconds = (Date.now() - Date.parse(startedAt)) / 1000;
  expect(verification.restarts).toBe(3);
  // Each of the four verifications is a wait of its own, and none of them is longer than the whole.
  expect(verification.checks).toBeLessThanOrEqual(4 * predictChecks(seconds, polling));

  const histories: HistoryEvent[][] = [];
  for await (const { workflowId, runId } of world.client.workflow.list()) {
    const { events } = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(events ?? []);
  }
  const lengths = histories.map(({ length }) => length);
  expect(lengths.length).toBeGreaterThanOrEqual(3);
  for (const length of lengths.slice(0, -1)) expect(length).toBeLessThanOrEqual(suggestedEvents + mostEventsOfCheck);

  const eventsPerCheck = median(histories.flatMap((events) => distancesBetweenChecks(events)));
  console.log(
    `${verification.checks} checks in ${lengths.length} runs of ${lengths.join(', ')} events; ${eventsPerCheck} events a check`,
  );
  console.table([1, 2, 7].map((days) => costOf(days, eventsPerCheck)));
});

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** How many events lie between one read of the connector and the next. */
function distancesBetweenChecks(events: HistoryEvent[]): number[] {
  const checks = events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }, index) =>
    scheduled?.activityType?.name === 'getConnector' ? [index] : [],
  );
  return checks.slice(1).map((index, position) => index - (checks[position] ?? 0));
}

function median(numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

/** What a wait of some days costs with the default schedule: each check is a timer and two activities. */
function costOf(days: number, eventsPerCheck: number) {
  const { polling } = readTimings({}, []);
  const checks = predictChecks(days * 86_400, polling);
  const events = checks * eventsPerCheck;
  return { days, checks, events, 'billed actions': checks * 3, 'continued as new': Math.floor(events / 4096) };
}
