/** What a receiver of call-backs hears of whole stories. */
import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it, vi } from 'vitest';

import { approveUpdate, confirmUpdate, rejectUpdate } from '../../../src/contract/handlers.ts';
import { callBackEventSchema } from '../../../src/contract/schemas/call-back-event.ts';
import type { DomainEvent } from '../../../src/contract/schemas/call-back-event.ts';
import type { OnboardingInput } from '../../../src/contract/schemas/onboarding-input.ts';
import { startReceiver, verify, writeSecrets } from '../../support/call-back-receiver.ts';
import type { Receiver } from '../../support/call-back-receiver.ts';
import { readHistories } from '../../support/history-text.ts';
import { addTxtByHand, createWorld, testToken, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { startWorkerProcess } from '../../support/processes.ts';
import { countRuns } from '../../support/count-runs.ts';
import { newSecret } from '../../support/new-secret.ts';
import { endingOf } from '../endings.ts';
import { releaseCalls } from '../kill-points.ts';
import { checking } from '../stages.ts';

type Event = DomainEvent;

interface Scene extends AsyncDisposable {
  world: World;
  receiver: Receiver;
  secret: string;
  /** For a worker that sends call-backs. */
  environment: Record<string, string>;
  start: (changes?: Partial<OnboardingInput>) => Promise<WorkflowHandle>;
  /** What was told, each event once, in the order in which it happened; each is signed, and the same at every try. */
  events: () => (Event & { key: string })[];
  /** Waits until an event of that type has come. */
  waitFor: (type: Event['type'], isIt?: (event: Event) => boolean) => Promise<Event>;
}

async function setUp(): Promise<Scene> {
  const secret = newSecret();
  const file = await writeSecrets([secret]);
  const receiver = await startReceiver();
  const world = await createWorld();
  const environment = { CALLBACK_ORIGINS: receiver.origin, CALLBACK_SECRETS_FILE: file.path };

  function events() {
    const byId = new Map<string, Event>();
    for (const one of receiver.received) {
      const id = String(one.headers['webhook-id']);
      const told = verify(one, secret);
      const event = callBackEventSchema.parse(told);
      // As the published schema describes it, with no field more.
      expect(event).toEqual(told);
      if (event.type === 'account.drift') throw new Error('No look was taken');
      expect(event.data.emailDomain).toBe('example.com');
      expect(event).toEqual(byId.get(id) ?? event);
      byId.set(id, event);
    }
    return [...byId]
      .map(([id, event]) => ({
        key: /^sso-call-back\/[0-9a-f-]+\/(?<key>.+)$/u.exec(id)?.groups?.['key'] ?? id,
        ...event,
      }))
      .toSorted((one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp));
  }

  return {
    world,
    receiver,
    secret,
    environment,
    start: async (changes = {}) =>
      await world.start(world.input({ callbackUrl: `${receiver.origin}/hook?tenant=1`, ...changes })),
    events,
    waitFor: async (type, isIt = () => true) =>
      await vi.waitFor(() => {
        const found = events().find((event) => event.type === type && isIt(event));
        if (found === undefined) throw new Error(`not told ${type}: ${JSON.stringify(events())}`);
        return found;
      }, waitOptions),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
      await file[Symbol.asyncDispose]();
    },
  };
}

const yes = { by: 'alex', reason: 'tested' };

it('a whole story with two humans in it, told once, although the worker is killed while it tells', async () => {
  await using scene = await setUp();
  const { world, receiver, environment } = scene;
  await using first = startWorkerProcess({ ...world.environment, ...environment });
  const approval = { remindEverySeconds: 1, expireSeconds: 400 };
  const handle = await scene.start({ enablement: 'after-approval', approval, confirmWithinSeconds: 3600 });
  await first.during(scene.waitFor('onboarding.needs-approval', ({ data }) => data.approval?.reminders === 1));
  receiver.mode = 'silence';
  await handle.executeUpdate(approveUpdate, { args: [yes] });
  // It has been told, and Temporal does not know it yet.
  await first.during(scene.waitFor('onboarding.needs-confirmation'));
  await first.killNow();
  receiver.mode = 'answer';
  const told = receiver.received.length;
  await world.startWorker(environment);
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(told), waitOptions);
  await handle.executeUpdate(confirmUpdate, { args: [{ by: 'kim', reason: 'I could log in' }] });
  const result: unknown = await handle.result();
  await scene.waitFor('onboarding.enabled');

  const events = scene.events();
  const reminders = events.filter(({ type }) => type === 'onboarding.needs-approval');
  expect(events.map(({ key }) => key)).toEqual([
    ...reminders.keys().map((number) => `needs-approval/${number}`),
    'needs-confirmation',
    'outcome',
  ]);
  const [connector] = world.simulator.account.connectors.list();
  const common = {
    accountId: world.accountId,
    txtRecord: { name: 'example.com', value: connector?.code },
    failure: null,
  };
  for (const [number, { data }] of reminders.entries()) {
    expect(data).toMatchObject({ ...common, phase: 'waiting-for-approval', result: null, confirmation: null });
    expect(data.approval).toMatchObject({ reminders: number, answer: null });
    expect(data.reason).toContain('everybody with an address at example.com');
  }
  const [confirmation, outcome] = events.slice(reminders.length);
  expect(confirmation?.data).toMatchObject({
    ...common,
    phase: 'waiting-for-confirmation',
    approval: { answer: { kind: 'approved', ...yes } },
    confirmation: { confirmed: null },
  });
  expect(confirmation?.data.reason).toContain('ONLY WHILE A WORKER RUNS');
  expect(outcome?.type).toBe('onboarding.enabled');
  expect(outcome?.data).toMatchObject({
    ...common,
    phase: 'enabled',
    confirmation: { confirmed: { by: 'kim' } },
    result,
  });

  // One run each, also where the receiver had to be told twice.
  expect(await countRuns(world.client, 'callBack')).toBe(events.length);
  await expectNoSecrets(scene);
});

/** Neither in what Temporal keeps nor in what was sent. */
async function expectNoSecrets({ world, receiver, secret }: Scene): Promise<void> {
  const histories = (await readHistories(world.client)).join('\n');
  expect(histories).toContain('sendCallBack');
  const sent = receiver.received.map(({ headers, body }) => JSON.stringify([headers, body])).join('\n');
  for (const text of [histories, sent])
    for (const hidden of [secret, secret.slice('whsec_'.length), testToken]) expect(text.includes(hidden)).toBe(false);
}

it('an ending is told also where the longest wait between tries is shorter than the first', async () => {
  await using scene = await setUp();
  await scene.world.startWorker(scene.environment);
  const { pace } = scene.world.input();
  const handle = await scene.start({ pace: { ...pace, retryFirstSeconds: 1, retryMaxSeconds: 0.5 } });
  expect(await endingOf(handle)).toEqual({ kind: 'enabled' });
  const { data } = await scene.waitFor('onboarding.enabled');
  expect(data.phase).toBe('enabled');
});

describe('other endings are told with their reason', () => {
  it('rejected: undone', async () => {
    await using scene = await setUp();
    await scene.world.startWorker(scene.environment);
    const handle = await scene.start({ enablement: 'after-approval' });
    await scene.waitFor('onboarding.needs-approval');
    await handle.executeUpdate(rejectUpdate, { args: [{ by: 'kim', reason: 'not before the weekend' }] });
    const { data } = await scene.waitFor('onboarding.undone');
    expect(data).toMatchObject({
      phase: 'undone',
      approval: { answer: { kind: 'rejected', by: 'kim' } },
      failure: { type: 'ApprovalRejected', message: 'Rejected by kim: not before the weekend' },
      result: null,
    });
    expect(scene.events().map(({ key }) => key)).toEqual(['needs-approval/0', 'outcome']);
  });

  it('not confirmed in time: undone', async () => {
    await using scene = await setUp();
    await scene.world.startWorker(scene.environment);
    await scene.start({ confirmWithinSeconds: 1 });
    const { data } = await scene.waitFor('onboarding.undone');
    expect(data.failure).toMatchObject({ type: 'NotConfirmed' });
    expect(data.confirmation).toMatchObject({ confirmed: null });
    expect(scene.events().map(({ type }) => type)).toEqual(['onboarding.needs-confirmation', 'onboarding.undone']);
  });

  it('prerequisites that are not met: failed', async () => {
    await using scene = await setUp();
    scene.world.simulator.account.patch({ identityProviders: [] });
    await scene.world.startWorker(scene.environment);
    await scene.start();
    const { data } = await scene.waitFor('onboarding.failed');
    expect(data).toMatchObject({
      phase: 'checking-prerequisites',
      txtRecord: null,
      failure: { type: 'PrerequisitesNotMet', message: expect.stringContaining('identity provider') as unknown },
    });
    expect(scene.events()).toHaveLength(1);
  });

  it('cancelled before anything was written: cancelled', async () => {
    await using scene = await setUp();
    const isThere = checking.arrange(scene.world);
    await scene.world.startWorker(scene.environment);
    const handle = await scene.start();
    await isThere(handle);
    await handle.cancel();
    await releaseCalls(scene.world.simulator);
    const { data } = await scene.waitFor('onboarding.cancelled');
    expect(data).toMatchObject({ phase: 'checking-prerequisites', failure: { type: 'Cancelled' } });
    expect(await endingOf(handle)).toEqual({ kind: 'cancelled' });
    expect(scene.events()).toHaveLength(1);
  });
});

describe('with the provider "manual" a human is told', () => {
  it('what to add, and that it is enabled', async () => {
    await using scene = await setUp();
    await scene.world.startWorker(scene.environment);
    await scene.start({ dnsProvider: 'manual' });
    const { data } = await scene.waitFor('onboarding.needs-dns-change');
    const value = data.txtRecord?.value ?? 'none';
    expect(data.reason).toContain('add by hand in the zone example.com');
    expect(data.reason).toContain(value);
    await addTxtByHand(scene.world, 'example.com', value);
    await scene.waitFor('onboarding.enabled');
    expect(scene.events().map(({ key }) => key)).toEqual(['needs-dns-change/publish', 'outcome']);
  });

  it('what to take away again', async () => {
    await using scene = await setUp();
    await scene.world.startWorker(scene.environment);
    const handle = await scene.start({ dnsProvider: 'manual' });
    const { data: asked } = await scene.waitFor('onboarding.needs-dns-change');
    await handle.cancel();
    await scene.waitFor('onboarding.undone');
    const events = scene.events();
    expect(events.map(({ key }) => key)).toEqual(['needs-dns-change/publish', 'needs-dns-change/remove', 'outcome']);
    expect(events[1]?.data).toMatchObject({ phase: 'undoing', txtRecord: asked.txtRecord });
    expect(events[1]?.data.reason).toContain('if it was added, remove by hand');
    expect(events[2]?.data.failure).toMatchObject({ type: 'Cancelled' });
  });
});
