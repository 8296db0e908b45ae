/** Histories recorded by `npm run record-histories`, replayed with today's workflow code, and with one activity call less. */
import { fileURLToPath } from 'node:url';

import { defaultPayloadConverter } from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, inject, it } from 'vitest';

import { createActivities } from '../../src/activities/activities.ts';
import { createCloudflare } from '../../src/cloudflare/cloudflare.ts';
import { readWorkerConfig } from '../../src/config/worker.ts';
import { createDns } from '../../src/dns/dns.ts';
import { createProviders } from '../../src/dns/providers/registry.ts';
import * as workflows from '../../src/workflows/index.ts';
import { activitiesIn } from '../histories/activities-in.ts';
import type { Drop } from '../histories/drop-activity.ts';
import { historyNames, listRecorded, readRecordedHistories } from '../histories/histories.ts';
import type { RecordedHistory } from '../histories/histories.ts';

const recorded = await readRecordedHistories();

interface Replay extends RecordedHistory {
  /** `undefined`: the code made the same decisions as recorded. */
  error: Error | undefined;
}

async function replay(workflowBundle: WorkflowBundleOption, histories: readonly RecordedHistory[]): Promise<Replay[]> {
  const replays: Replay[] = [];
  // One after another, in this order.
  for await (const { error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    const replayed = histories[replays.length];
    if (replayed !== undefined) replays.push({ ...replayed, error });
  }
  return replays;
}

it('there is a history for each name that the scenarios list, and no other', async () => {
  expect((await listRecorded()).toSorted()).toEqual(historyNames.toSorted());
});

it('every workflow and every activity is in a history', () => {
  const started = new Set(recorded.map(({ history }) => startOf(history)?.workflowType?.name));
  expect(Object.keys(workflows).filter((workflow) => !started.has(workflow))).toEqual([]);
  const called = new Set(recorded.flatMap(({ history }) => activitiesIn(history).map(({ activity }) => activity)));
  expect(activityNames().filter((activity) => !called.has(activity))).toEqual([]);
});

function startOf({ events }: History) {
  return events?.[0]?.workflowExecutionStartedEventAttributes;
}

/** Of every activity that the workers register. */
function activityNames(): string[] {
  const config = readWorkerConfig({ CLOUDFLARE_API_TOKEN: 'none' });
  const { callBacks, timings } = config;
  const cloudflare = createCloudflare(config.cloudflare);
  const dns = createDns(config.dns);
  const providers = createProviders(config.dns.providers, { cloudflare, dns });
  const defaultProvider = config.dns.defaultProvider;
  const byQueue = createActivities({ cloudflare, dns, providers, defaultProvider, callBacks, timings });
  return Object.values(byQueue).flatMap((activities) => Object.keys(activities));
}

it('each history replays', async () => {
  const replays = await replay({ codePath: inject('workflowBundle') }, recorded);
  expect(replays.map(({ name }) => name)).toEqual(recorded.map(({ name }) => name));
  expect(replays.filter(({ error }) => error !== undefined)).toEqual([]);
});

describe('workflow code that no longer calls an activity', () => {
  it('fails every history that holds the activity', async () => {
    const workflowBundle = await bundleWithDrops();
    // It is the drop that fails: without one, this bundle replays every history.
    expect((await replay(workflowBundle, recorded)).filter(({ error }) => error !== undefined)).toEqual([]);

    const dropped = recorded.flatMap((one) => activitiesIn(one.history).map((drop) => withDrop(one, drop)));
    const replays = await replay(workflowBundle, dropped);
    expect(replays.map(({ name }) => name)).toEqual(dropped.map(({ name }) => name));
    const unnoticed = replays.filter(({ error }) => !(error instanceof DeterminismViolationError));
    expect(unnoticed.map(({ name, error }) => `${name}: ${error?.message ?? 'replays'}`)).toEqual([]);
  });
});

async function bundleWithDrops(): Promise<WorkflowBundleOption> {
  return await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
    workflowInterceptorModules: [fileURLToPath(new URL('../histories/drop-activity.ts', import.meta.url))],
    logger: new DefaultLogger('ERROR'),
  });
}

/** The history, with the memo that makes `drop-activity.ts` drop the activity. */
function withDrop({ name, workflowId, history }: RecordedHistory, drop: Drop): RecordedHistory {
  const [started, ...rest] = history.events ?? [];
  const attributes = startOf(history);
  const memo = { fields: { ...attributes?.memo?.fields, drop: defaultPayloadConverter.toPayload(drop) } };
  const events = [{ ...started, workflowExecutionStartedEventAttributes: { ...attributes, memo } }, ...rest];
  return { name: `${name} without ${drop.activity}`, workflowId, history: { ...history, events } };
}
