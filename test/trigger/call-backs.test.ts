import { fileURLToPath } from 'node:url';

import { WorkflowFailedError } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { describe, expect, it, vi } from 'vitest';

import { createCallBackActivities } from '../../src/activities/call-back.ts';
import { readTimings } from '../../src/config/timings.ts';
import { onboardingTaskQueue } from '../../src/contract/names/ids.ts';
import type { CallBackEvent } from '../../src/contract/schemas/call-back-event.ts';
import type { TxtRecord } from '../../src/contract/schemas/dns.ts';
import { toCallBackEvent } from '../../src/decisions/call-back-event.ts';
import type { callBack } from '../../src/workflows/shared/notify.ts';
import { startReceiver, verify, writeSecrets } from '../support/call-back-receiver.ts';
import { createWorld, waitOptions } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import type { notifying } from './fixtures/notifying-workflow.ts';
import { newSecret } from '../support/new-secret.ts';

const event: CallBackEvent = {
  type: 'onboarding.enabled',
  timestamp: '2026-01-01T00:00:00.000Z',
  data: {
    kind: 'onboarding',
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

async function sendCallBack(world: World, url: string): Promise<void> {
  await world.client.workflow.execute<typeof callBack>('callBack', {
    workflowId: 'sso-call-back/test/enabled',
    taskQueue: onboardingTaskQueue,
    args: [{ url, event }],
  });
}

/** What the run failed with. */
async function failureOf(sending: Promise<void>): Promise<string> {
  const error: unknown = await sending.catch((reason: unknown) => reason);
  if (!(error instanceof WorkflowFailedError)) throw new TypeError('The run did not fail', { cause: error });
  return String(error.cause?.cause);
}

it('sends an event until it is accepted, signed with every secret, with the same id at every attempt', async () => {
  const secrets = [newSecret(), newSecret()];
  await using file = await writeSecrets(secrets);
  await using receiver = await startReceiver([500, 302, 204]);
  await using world = await createWorld();
  await world.startWorker({ CALLBACK_ORIGINS: receiver.origin, CALLBACK_SECRETS_FILE: file.path });
  await sendCallBack(world, `${receiver.origin}/hook?tenant=1`);

  expect(receiver.received).toHaveLength(3);
  for (const { headers, body } of receiver.received) {
    expect(headers['webhook-id']).toBe('sso-call-back/test/enabled');
    expect(headers['content-type']).toBe('application/json');
    for (const secret of secrets) expect(verify({ headers, body }, secret)).toEqual(event);
  }
});

it('sends nothing more to a receiver that answers 410', async () => {
  await using file = await writeSecrets([newSecret()]);
  await using receiver = await startReceiver([410]);
  await using world = await createWorld();
  await world.startWorker({ CALLBACK_ORIGINS: receiver.origin, CALLBACK_SECRETS_FILE: file.path });
  expect(await failureOf(sendCallBack(world, `${receiver.origin}/hook`))).toContain(
    'answered 410: the receiver is gone',
  );
  expect(receiver.received).toHaveLength(1);
});

it.each([
  ['of another origin', (origin: string) => ({ CALLBACK_ORIGINS: 'https://itsm.example.com', url: origin })],
  ['that only begins like one', (origin: string) => ({ CALLBACK_ORIGINS: origin, url: `${origin}1/` })],
  ['that is none', (origin: string) => ({ CALLBACK_ORIGINS: origin, url: '/hook' })],
])('does not call a URL %s', async (_name, choose) => {
  await using file = await writeSecrets([newSecret()]);
  await using receiver = await startReceiver([204]);
  await using world = await createWorld();
  const { CALLBACK_ORIGINS, url } = choose(receiver.origin);
  await world.startWorker({ CALLBACK_ORIGINS, CALLBACK_SECRETS_FILE: file.path });
  expect(await failureOf(sendCallBack(world, url))).toContain('is not one of the origins that may be called back');
  expect(receiver.received).toEqual([]);
});

it('sends none without the settings', async () => {
  await using receiver = await startReceiver([204]);
  await using world = await createWorld();
  await world.startWorker();
  expect(await failureOf(sendCallBack(world, receiver.origin))).toContain('this worker sends no call-backs');
  expect(receiver.received).toEqual([]);
});

describe('a run that sends call-backs', () => {
  it('starts a run for each event once, also while it is being cancelled, and none without a URL', async () => {
    await using receiver = await startReceiver([204]);
    await using world = await createWorld();
    const connection = await NativeConnection.connect({ address: world.environment['TEMPORAL_ADDRESS'] ?? '' });
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('fixtures/notifying-workflow.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    const secrets = [newSecret()];
    const timings = readTimings(world.environment, []);
    const settings = { origins: [receiver.origin], readSecrets: async () => await Promise.resolve(secrets) };
    const worker = await Worker.create({
      connection,
      workflowBundle,
      taskQueue: onboardingTaskQueue,
      namespace: world.client.options.namespace,
      activities: { ...createCallBackActivities(settings), readTimings: async () => await Promise.resolve(timings) },
    });
    const start = async (url: string | null, workflowId: string) =>
      await world.client.workflow.start<typeof notifying>('notifying', {
        workflowId,
        taskQueue: onboardingTaskQueue,
        args: [url, event],
      });
    await worker.runUntil(async () => {
      const [sending, silent] = [await start(receiver.origin, 'sending'), await start(null, 'silent')];
      await vi.waitFor(() => expect(receiver.received).toHaveLength(1), waitOptions);
      for (const handle of [sending, silent]) {
        await handle.cancel();
        await expect(handle.result()).rejects.toThrow();
      }
      await vi.waitFor(() => expect(receiver.received).toHaveLength(2), waitOptions);
      const id = sending.firstExecutionRunId;
      expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([
        `sso-call-back/${id}/enabled`,
        `sso-call-back/${id}/cancelled`,
      ]);
    });
    await connection.close();
  });
});

it('an event has the phase of the run, and not all of its status', () => {
  const decision = { requestedAt: '', nextReminderAt: null, reminders: 0, expiresAt: '', answer: null };
  const txtRecord: TxtRecord = {
    provider: 'manual',
    zone: { apex: 'example.com', zoneId: null },
    name: 'example.com',
    value: 'v',
    recordId: null,
    changeId: null,
    preexisting: false,
  };
  const sent = toCallBackEvent(
    'onboarding.needs-approval',
    {
      kind: 'onboarding',
      runId: 'one',
      accountId: 'a',
      emailDomain: 'example.com',
      phase: 'waiting-for-approval',
      reason: 'waiting',
      confirmation: null,
      approval: decision,
      txtRecord,
    },
    '2026-01-01T00:00:00.000Z',
    { failure: { type: 'ApprovalExpired', message: 'nobody' } },
  );
  expect(sent).toEqual({
    type: 'onboarding.needs-approval',
    timestamp: '2026-01-01T00:00:00.000Z',
    data: {
      kind: 'onboarding',
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
