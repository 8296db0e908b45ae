import { fileURLToPath } from 'node:url';

import { WorkflowFailedError } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { describe, expect, it, vi } from 'vitest';

import { createCallBackActivities } from '../../src/activities/call-back.ts';
import { onboardingTaskQueue } from '../../src/contract/names/ids.ts';
import type { CallBackEvent } from '../../src/contract/schemas/call-back-event.ts';
import { toCallBackEvent } from '../../src/decisions/call-back-event.ts';
import type { callBack } from '../../src/workflows/shared/call-back.ts';
import { startReceiver, verify, writeSecrets } from '../support/call-back-receiver.ts';
import { createWorld, waitOptions } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import type { announcing } from './fixtures/announcing-workflow.ts';
import { newSecret } from '../support/new-secret.ts';

const event: CallBackEvent = {
  type: 'onboarding.enabled',
  timestamp: '2026-01-01T00:00:00.000Z',
  data: {
    story: 'onboarding',
    runId: 'one',
    accountId: 'a'.repeat(32),
    emailDomain: 'example.com',
    phase: 'enabled',
    reason: 'the connector is enabled',
    approval: null,
    confirmation: null,
    txtRecord: null,
    result: null,
    failure: null,
  },
};
const pace = { retryFirstSeconds: 0.1, retryMaxSeconds: 0.2, attemptSeconds: 5 };

async function tell(world: World, url: string): Promise<void> {
  await world.client.workflow.execute<typeof callBack>('callBack', {
    workflowId: 'sso-call-back/test/enabled',
    taskQueue: onboardingTaskQueue,
    args: [{ url, event, pace }],
  });
}

/** What the run failed with. */
async function failureOf(telling: Promise<void>): Promise<string> {
  const error: unknown = await telling.catch((reason: unknown) => reason);
  if (!(error instanceof WorkflowFailedError)) throw new TypeError('It did not fail', { cause: error });
  return String(error.cause?.cause);
}

it('an event is sent until it is taken, signed with every secret, with the same id at every try', async () => {
  const secrets = [newSecret(), newSecret()];
  await using file = await writeSecrets(secrets);
  await using receiver = await startReceiver([500, 302, 204]);
  await using world = await createWorld();
  await world.startWorker({ CALLBACK_ORIGINS: receiver.origin, CALLBACK_SECRETS_FILE: file.path });
  await tell(world, `${receiver.origin}/hook?tenant=1`);

  expect(receiver.received).toHaveLength(3);
  for (const { headers, body } of receiver.received) {
    expect(headers['webhook-id']).toBe('sso-call-back/test/enabled');
    expect(headers['content-type']).toBe('application/json');
    for (const secret of secrets) expect(verify({ headers, body }, secret)).toEqual(event);
  }
});

it('a receiver that is gone for good is left alone', async () => {
  await using file = await writeSecrets([newSecret()]);
  await using receiver = await startReceiver([410]);
  await using world = await createWorld();
  await world.startWorker({ CALLBACK_ORIGINS: receiver.origin, CALLBACK_SECRETS_FILE: file.path });
  expect(await failureOf(tell(world, `${receiver.origin}/hook`))).toContain('answered 410: it wants no more');
  expect(receiver.received).toHaveLength(1);
});

it.each([
  ['of another origin', (origin: string) => ({ CALLBACK_ORIGINS: 'https://itsm.example.com', url: origin })],
  ['that only begins like one', (origin: string) => ({ CALLBACK_ORIGINS: origin, url: `${origin}1/` })],
  ['that is none', (origin: string) => ({ CALLBACK_ORIGINS: origin, url: '/hook' })],
])('a URL %s is not called', async (_name, choose) => {
  await using file = await writeSecrets([newSecret()]);
  await using receiver = await startReceiver([204]);
  await using world = await createWorld();
  const { CALLBACK_ORIGINS, url } = choose(receiver.origin);
  await world.startWorker({ CALLBACK_ORIGINS, CALLBACK_SECRETS_FILE: file.path });
  expect(await failureOf(tell(world, url))).toContain('is not one of the origins that may be called back');
  expect(receiver.received).toEqual([]);
});

it('a worker without the settings sends none', async () => {
  await using receiver = await startReceiver([204]);
  await using world = await createWorld();
  await world.startWorker();
  expect(await failureOf(tell(world, receiver.origin))).toContain('this worker sends no call-backs');
  expect(receiver.received).toEqual([]);
});

describe('a story that announces', () => {
  it('hands each event to a run of its own once, also while it is being cancelled, and none without a URL', async () => {
    await using receiver = await startReceiver([204]);
    await using world = await createWorld();
    const connection = await NativeConnection.connect({ address: world.environment['TEMPORAL_ADDRESS'] ?? '' });
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('fixtures/announcing-workflow.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    const secrets = [newSecret()];
    const settings = { origins: [receiver.origin], readSecrets: async () => await Promise.resolve(secrets) };
    const worker = await Worker.create({
      connection,
      workflowBundle,
      taskQueue: onboardingTaskQueue,
      namespace: world.client.options.namespace,
      activities: createCallBackActivities(settings),
    });
    const start = async (url: string | null, workflowId: string) =>
      await world.client.workflow.start<typeof announcing>('announcing', {
        workflowId,
        taskQueue: onboardingTaskQueue,
        args: [url, event],
      });
    await worker.runUntil(async () => {
      const [telling, silent] = [await start(receiver.origin, 'telling'), await start(null, 'silent')];
      await vi.waitFor(() => expect(receiver.received).toHaveLength(1), waitOptions);
      for (const handle of [telling, silent]) {
        await handle.cancel();
        await expect(handle.result()).rejects.toThrow();
      }
      await vi.waitFor(() => expect(receiver.received).toHaveLength(2), waitOptions);
      const id = telling.firstExecutionRunId;
      expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([
        `sso-call-back/${id}/enabled`,
        `sso-call-back/${id}/cancelled`,
      ]);
    });
    await connection.close();
  });
});

it('an event says where the story stands, and not all that it knows', () => {
  const decision = { requestedAt: '', nextReminderAt: null, reminders: 0, expiresAt: '', answer: null };
  const told = toCallBackEvent(
    'onboarding.needs-approval',
    {
      story: 'onboarding',
      runId: 'one',
      accountId: 'a',
      emailDomain: 'example.com',
      phase: 'waiting-for-approval',
      reason: 'waiting',
      confirmation: null,
      approval: decision,
      txtRecord: {
        provider: 'manual',
        zone: { apex: 'example.com', zoneId: null },
        name: 'example.com',
        value: 'v',
        recordId: null,
        changeId: null,
        preexisting: false,
      },
    },
    '2026-01-01T00:00:00.000Z',
    { failure: { type: 'ApprovalExpired', message: 'nobody' } },
  );
  expect(told).toEqual({
    type: 'onboarding.needs-approval',
    timestamp: '2026-01-01T00:00:00.000Z',
    data: {
      story: 'onboarding',
      runId: 'one',
      accountId: 'a',
      emailDomain: 'example.com',
      phase: 'waiting-for-approval',
      reason: 'waiting',
      approval: decision,
      confirmation: null,
      txtRecord: { name: 'example.com', value: 'v' },
      result: null,
      failure: { type: 'ApprovalExpired', message: 'nobody' },
    },
  });
});
