/** Environments to diagnose, with a real Temporal server and a simulated account. */
import { expect, vi } from 'vitest';

import { cloudflareTaskQueue, onboardingTaskQueue } from '../../src/contract/names/ids.ts';
import type { Check } from '../../src/doctor/check.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { DiagnosisRequest } from '../../src/doctor/diagnose.ts';
import { createWorld, testToken, waitOptions } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';

export const domain = 'example.com';
export const nowhere = '127.0.0.1:1';

/** The diagnosis of an environment, and the checks that are not ok, as `name: found → next`. */
export async function diagnoseIn(
  environment: Record<string, string>,
  request: Partial<DiagnosisRequest> = {},
  milliseconds = 15_000,
) {
  const limits = { signal: new AbortController().signal, milliseconds };
  const asked = { environment, accountId: null, domain, ...request };
  const diagnosis = await diagnose(asked, limits);
  expect(JSON.stringify(diagnosis)).not.toContain(testToken);
  return {
    ...diagnosis,
    broken: diagnosis.checks.filter(({ state }) => state === 'not-ok').map(lineOf),
    skipped: diagnosis.checks.filter(({ state }) => state === 'skipped').map(({ name }) => name),
    check: (name: string) => diagnosis.checks.find((check) => check.name === name),
  };
}

function lineOf({ name, found, next }: Check): string {
  return `${name}: ${found} → ${next}`;
}

/** With a worker that the server has heard of. */
export async function createWorkingWorld(): Promise<World> {
  const world = await createWorld();
  await world.startWorker();
  const { connection, options } = world.client;
  const isPolled = async (taskQueue: string, taskQueueType: number): Promise<boolean> => {
    const request = { namespace: options.namespace, taskQueue: { name: taskQueue }, taskQueueType };
    return (await connection.workflowService.describeTaskQueue(request)).pollers.length > 0;
  };
  await vi.waitFor(async () => {
    const polled = [
      isPolled(onboardingTaskQueue, 1),
      isPolled(onboardingTaskQueue, 2),
      isPolled(cloudflareTaskQueue, 2),
    ];
    expect(await Promise.all(polled)).toEqual([true, true, true]);
  }, waitOptions);
  return world;
}

export function textContaining(text: string): unknown {
  return expect.stringContaining(text);
}
