/** Measures what docs/costs.md says a run costs, prints it, and compares. */
import { readFile } from 'node:fs/promises';

import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';

import { readTimings } from '../../src/config/timings.ts';
import {
  driftIdFor,
  driftWorkflowType,
  onboardingTaskQueue,
  workflowIdFor,
  workflowTypes,
} from '../../src/contract/names/ids.ts';
import { nextWaitSeconds } from '../../src/decisions/timings.ts';
import { createWorld, readOnboardingStatus } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import { readTable } from './markdown.ts';

const page = await readFile(new URL('../../docs/costs.md', import.meta.url), 'utf8');

interface Cost {
  calls: number;
  activities: number;
  actions: number;
  events: number;
}

/** One poll is a timer and two activities: the connector, and whether the TXT value is still there. */
const poll: Cost = { calls: 2, activities: 2, actions: 3, events: 17 };
/** The server may combine workflow tasks, of three events each. */
const toleratedEvents = 9;

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

function isActivity({ activityTaskScheduledEventAttributes }: HistoryEvent): boolean {
  return activityTaskScheduledEventAttributes != null;
}

function isAction(event: HistoryEvent): boolean {
  return (
    isActivity(event) ||
    [
      event.workflowExecutionStartedEventAttributes,
      event.markerRecordedEventAttributes,
      event.timerStartedEventAttributes,
      event.upsertWorkflowSearchAttributesEventAttributes,
      event.signalExternalWorkflowExecutionInitiatedEventAttributes,
      event.startChildWorkflowExecutionInitiatedEventAttributes,
    ].some((attributes) => attributes != null)
  );
}

/** What the run costs from its start to its end. */
async function measure({ simulator }: World, handle: WorkflowHandle): Promise<Cost> {
  await handle.result().catch(() => null);
  const { events } = await handle.fetchHistory();
  const calls = simulator.log.list().length;
  simulator.log.clear();
  const all = events ?? [];
  return {
    calls,
    activities: all.filter(isActivity).length,
    actions: all.filter(isAction).length,
    events: all.length,
  };
}

function withoutPolls(cost: Cost, polls: number): Cost {
  return {
    calls: cost.calls - polls * poll.calls,
    activities: cost.activities - polls * poll.activities,
    actions: cost.actions - polls * poll.actions,
    events: cost.events - polls * poll.events,
  };
}

function expectRow(name: string, cost: Cost): void {
  console.log(`${name}: ${JSON.stringify(cost)}`);
  const row = readTable(page, '## A whole run').find(([cell]) => cell === name) ?? [];
  const [calls, activities, actions, events] = row.slice(1).map(Number);
  expect({ ...cost, events: 0 }).toEqual({ calls, activities, actions, events: 0 });
  expect(Math.abs(cost.events - (events ?? 0))).toBeLessThanOrEqual(toleratedEvents);
}

describe('docs/costs.md has what is measured', () => {
  it('for an onboarding, a drift check and an off-boarding', async () => {
    await using world = await createWorld({ verifier: { everySeconds: 0.01, timeoutSeconds: 172_800 } });
    await world.startWorker();
    const { client, accountId } = world;
    const onboarding = await world.start(world.input());
    const cost = await measure(world, onboarding);
    const { verification } = await readOnboardingStatus(onboarding);
    expectRow('Onboarding, verified at the first poll', withoutPolls(cost, verification.checks - 1));

    const domain = { accountId, emailDomain: 'example.com' };
    const start = async (workflowType: string, workflowId: string, input: object) =>
      await client.workflow.start(workflowType, { workflowId, taskQueue: onboardingTaskQueue, args: [input] });
    const drift = await start(driftWorkflowType, driftIdFor(accountId), { accountId });
    expectRow('Drift check of one healthy domain', await measure(world, drift));
    const offboarding = await start(workflowTypes.offboarding, workflowIdFor(accountId, 'example.com'), domain);
    expectRow('Off-boarding', await measure(world, offboarding));
  });

  it('for one poll', async () => {
    await using world = await createWorld({ verifier: { everySeconds: 3600, timeoutSeconds: 172_800 } });
    for (const nameServer of world.simulator.nameServers) nameServer.mode = 'servfail';
    await world.startWorker();
    const handle = await world.start(world.input({ propagationCheck: 'off' }));
    await world.waitForStatus(handle, ({ verification }) => verification.checks >= 5);
    const { events } = await handle.fetchHistory();
    const perPoll = splitBefore(events ?? [], isReadOfConnector);
    const callsPerPoll = splitBefore(world.simulator.log.list(), isCallForConnector);
    expectRow('One poll while Cloudflare verifies', {
      calls: median(callsPerPoll.map(({ length }) => length)),
      activities: median(perPoll.map((part) => part.filter(isActivity).length)),
      actions: median(perPoll.map((part) => part.filter(isAction).length)),
      events: median(perPoll.map(({ length }) => length)),
    });
    await handle.terminate();
  });

  it('for days of waiting with the default settings', () => {
    const { polling } = readTimings({}, []);
    const rows = [1, 2, 7].map((days) => {
      const polls = countPolls(days * 86_400, polling);
      return [days, polls, polls * poll.calls, polls * poll.actions, polls * poll.events];
    });
    console.table(rows);
    expect(readTable(page, '## Waiting for verification').map((row) => row.map(toNumber))).toEqual(rows);
  });
});

function isReadOfConnector({ activityTaskScheduledEventAttributes: scheduled }: HistoryEvent): boolean {
  return scheduled?.activityType?.name === 'getConnector';
}

function isCallForConnector({ method, path }: { method: string; path: string }): boolean {
  return method === 'GET' && /\/sso_connectors\/[0-9a-f]+$/u.test(path);
}

/** The parts of a list that begin with such an entry, without the last, which may not be complete. */
function splitBefore<Entry>(entries: readonly Entry[], isFirst: (entry: Entry) => boolean): Entry[][] {
  const starts = entries.flatMap((entry, index) => (isFirst(entry) ? [index] : []));
  return starts.slice(1).map((end, index) => entries.slice(starts[index], end));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

/** The most polls in so many seconds: a poll itself takes no time. */
function countPolls(seconds: number, polling: ReturnType<typeof readTimings>['polling']): number {
  let polls = 0;
  for (let at = nextWaitSeconds(0, polling); at <= seconds; at += nextWaitSeconds(at, polling)) polls += 1;
  return polls;
}

function toNumber(cell: string): number {
  return Number(cell.replaceAll(',', ''));
}
