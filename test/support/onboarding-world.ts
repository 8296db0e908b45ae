/** A world of its own for a test: a namespace on the real Temporal server, a simulated Cloudflare account, and a worker. */
import { randomUUID } from 'node:crypto';

import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { msToTs } from '@temporalio/common/lib/time.js';
import { NativeConnection } from '@temporalio/worker';
import { inject, vi } from 'vitest';
import { z } from 'zod';

import { startSimulator } from '../../simulator/simulator.ts';
import type { Simulator, SimulatorOptions } from '../../simulator/simulator.ts';
import { readWorkerConfig } from '../../src/config/worker.ts';
import { statusQuery } from '../../src/contract/handlers.ts';
import { onboardingTaskQueue, searchAttributes, workflowIdFor, workflowTypes } from '../../src/contract/names/ids.ts';
import { parseRequest } from '../../src/client/domain-workflows.ts';
import { logger } from './runtime.ts';
import { fastTimings } from './timing-variables.ts';
import type { OnboardingInput } from '../../src/contract/schemas/onboarding-input.ts';
import type { OnboardingResult, OnboardingStatus } from '../../src/contract/schemas/onboarding-status.ts';
import { createWorkers } from '../../src/worker.ts';

/** Recognisable, so that a test can look for it where it must not be. */
export const testToken = 'the-token-that-must-never-be-seen-anywhere';

/** For `vi.waitFor`: long enough for a busy machine. */
export const waitOptions = { timeout: 60_000, interval: 50 };
/** Each query is a task for the worker, so asking more often takes more time than it saves. */
const statusWaitOptions = { timeout: 60_000, interval: 150 };

export interface World extends AsyncDisposable {
  client: Client;
  simulator: Simulator;
  /** What a process needs to work in this world. */
  environment: Record<string, string>;
  accountId: string;
  /** An input for `example.com`. */
  input: (changes?: Partial<OnboardingInput>) => OnboardingInput;
  /** Takes anything, as the server does. */
  start: (
    input: unknown,
    workflowId?: string,
  ) => Promise<WorkflowHandleWithFirstExecutionRunId<(input: unknown) => Promise<OnboardingResult>>>;
  startWorker: (environment?: Record<string, string>) => Promise<{ stop: () => Promise<void> }>;
  /** Waits until the run's own status satisfies the test, and returns it. */
  waitForStatus: (
    handle: WorkflowHandle,
    isReached: (status: OnboardingStatus) => boolean,
  ) => Promise<OnboardingStatus>;
}

export async function createNamespace(connection: Connection): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(
      searchAttributes.map(({ name, type }) => [name, encodeSearchAttributeIndexedValueType(type) ?? 0]),
    ),
  });
  return namespace;
}

/**
 * @param shared the simulated account of another world, to see two runs meet that no id keeps apart
 * @param address of a Temporal server other than the one that all tests share
 * @param timings of the worker, as variables, where they differ from `fastTimings`
 */
export async function createWorld(
  options: SimulatorOptions = {},
  {
    shared = null,
    address = inject('temporalAddress'),
    timings = {},
  }: { shared?: Simulator | null; address?: string; timings?: Record<string, string> } = {},
): Promise<World> {
  const connection = await Connection.connect({ address });
  const namespace = await createNamespace(connection);
  const simulator =
    shared ??
    (await startSimulator({
      verifier: { everySeconds: 0.2, timeoutSeconds: 172_800 },
      token: testToken,
      ...options,
    }));
  const environment = {
    ...simulator.environment,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    CLOUDFLARE_API_TOKEN: testToken,
    CLOUDFLARE_ACTIVITIES_PER_SECOND: '1000',
    ...fastTimings,
    ...timings,
  };
  const client = new Client({ connection, namespace });
  const workers: { stop: () => Promise<void> }[] = [];

  return {
    client,
    simulator,
    environment,
    accountId: simulator.account.id,

    input: (changes = {}) => ({
      accountId: simulator.account.id,
      emailDomain: 'example.com',
      ...changes,
    }),

    async start(input, workflowId = canonicalId(input)) {
      return await client.workflow.start<(input: unknown) => Promise<OnboardingResult>>(workflowTypes.onboarding, {
        workflowId,
        taskQueue: onboardingTaskQueue,
        args: [input],
      });
    },

    async startWorker(changes = {}) {
      const native = await NativeConnection.connect({ address });
      const config = readWorkerConfig({ ...environment, ...changes });
      const workflowBundle = { codePath: inject('workflowBundle') };
      const running = await createWorkers(config, { connection: native, logger, workflowBundle });
      const ended = Promise.all(running.map(async (worker) => await worker.run()));
      let stopped: Promise<void> | null = null;
      const stop = async () => {
        for (const worker of running) worker.shutdown();
        await ended;
        await native.close();
      };
      const worker = { stop: async () => await (stopped ??= stop()) };
      workers.push(worker);
      return worker;
    },

    async waitForStatus(handle, isReached) {
      return await vi.waitFor(async () => {
        const status = await readOnboardingStatus(handle);
        if (!isReached(status)) throw new Error(`still ${status.phase}: ${status.reason}`);
        return status;
      }, statusWaitOptions);
    },

    async [Symbol.asyncDispose]() {
      if (shared === null) await simulator.close();
      await Promise.all(workers.map(async ({ stop }) => await stop()));
      await connection.close();
    },
  };
}

/** As a human would in the dashboard, beside the other values and with their TTL. */
export async function addTxtByHand(
  { simulator }: World,
  name: string,
  value: string,
): Promise<{ zoneId: string; recordId: string }> {
  const [zone] = simulator.account.zones.list();
  const response = await fetch(`${simulator.baseUrl}/zones/${zone?.id}/dns_records`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'TXT', name, content: `"${value}"`, ttl: 3600 }),
  });
  if (!response.ok) throw new Error(`The simulator answers ${response.status}: ${await response.text()}`);
  const { result } = createdRecord.parse(await response.json());
  return { zoneId: zone?.id ?? '', recordId: result.id };
}

const createdRecord = z.object({ result: z.object({ id: z.string() }) });

/** @throws {TypeError} if the run is an off-boarding */
export async function readOnboardingStatus(handle: Pick<WorkflowHandle, 'query'>): Promise<OnboardingStatus> {
  const status = await handle.query(statusQuery);
  if (status.kind !== 'onboarding') throw new TypeError(`The run is an ${status.kind}`);
  return status;
}

function canonicalId(input: unknown): string {
  const parsed = parseRequest('onboarding', input);
  if (!parsed.ok) throw new TypeError('An invalid input has no workflow id');
  const { accountId, emailDomain } = parsed.value.input;
  return workflowIdFor(accountId, emailDomain);
}
