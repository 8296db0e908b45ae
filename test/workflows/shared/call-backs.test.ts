/** What a receiver of call-backs gets from whole runs. */
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

interface Setup extends AsyncDisposable {
  world: World;
  receiver: Receiver;
  secret: string;
  /** For a worker that sends call-backs. */
  environment: Record<string, string>;
  start: (changes?: Partial<OnboardingInput>) => Promise<WorkflowHandle>;
  /** The events received, each once, in the order in which they happened; each is signed, and the same at every attempt. */
  events: () => (DomainEvent & { key: string })[];
  /** Waits until an event of that type has been received. */
  waitFor: (type: DomainEvent['type'], isIt?: (event: DomainEvent) => boolean) => Promise<DomainEvent>;
}

async function setUp(): Promise<Setup> {
  const secret = newSecret();
  const file = await writeSecrets([secret]);
  const receiver = await startReceiver();
  const world = await createWorld();
  const environment = { CALLBACK_ORIGINS: receiver.origin, CALLBACK_SECRETS_FILE: file.path };

  function events() {
    const byId = new Map<string, DomainEvent>();
    for (const one of receiver.received) {
      const id = String(one.headers['webhook-id']);
      const sent = verify(one, secret);
      const event = callBackEventSchema.parse(sent);
      // As the published schema describes it, with no field more.
      expect(event).toEqual(sent);
      if (event.type === 'account.drift') throw new Error('No drift check was started');
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
        if (found === undefined) throw new Error(`${type} not received: ${JSON.stringify(events())}`);
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

it.concurrent('a whole run with two people in it: each event once, although the worker is killed while it sends one', async () => {
  await using setup = await setUp();
  const { world, receiver, environment } = setup;
  await using first = startWorkerProcess({ ...world.environment, ...environment });
  const approval = { remindEverySeconds: 1, expireSeconds: 400 };
  const handle = await setup.start({ enablement: 'after-approval', approval, confirmWithinSeconds: 3600 });
  await first.during(setup.waitFor('onboarding.needs-approval', ({ data }) => data.approval?.reminders === 1));
  receiver.mode = 'silence';
  await handle.executeUpdate(approveUpdate, { args: [yes] });
  // It has been sent, and Temporal does not know it yet.
  await first.during(setup.waitFor('onboarding.needs-confirmation'));
  await first.killNow();
  receiver.mode = 'answer';
  const before = receiver.received.length;
  await world.startWorker(environment);
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(before), waitOptions);
  await handle.executeUpdate(confirmUpdate, { args: [{ by: 'kim', reason: 'I could log in' }] });
  const result: unknown = await handle.result();
  await setup.waitFor('onboarding.enabled');

  const events = setup.events();
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
  expect(confirmation?.data.reason).toContain('If no worker is running then, disable it with: ');
  expect(outcome?.type).toBe('onboarding.enabled');
  expect(outcome?.data).toMatchObject({
    ...common,
    phase: 'enabled',
    confirmation: { confirmed: { by: 'kim' } },
    result,
  });

  // One run each, also where the receiver got an event twice.
  expect(await countRuns(world.client, 'callBack')).toBe(events.length);
  await expectNoSecrets(setup);
});

/** Neither in what Temporal keeps nor in what was sent. */
async function expectNoSecrets({ world, receiver, secret }: Setup): Promise<void> {
  const histories = (await readHistories(world.client)).join('\n');
  expect(histories).toContain('sendCallBack');
  const sent = receiver.received.map(({ headers, body }) => JSON.stringify([headers, body])).join('\n');
  for (const text of [histories, sent])
    for (const hidden of [secret, secret.slice('whsec_'.length), testToken]) expect(text.includes(hidden)).toBe(false);
}

describe.concurrent('other outcomes are sent with their reason', () => {
  it('rejected: undone', async () => {
    await using setup = await setUp();
    await setup.world.startWorker(setup.environment);
    const handle = await setup.start({ enablement: 'after-approval' });
    await setup.waitFor('onboarding.needs-approval');
    await handle.executeUpdate(rejectUpdate, { args: [{ by: 'kim', reason: 'not before the weekend' }] });
    const { data } = await setup.waitFor('onboarding.undone');
    expect(data).toMatchObject({
      phase: 'undone',
      approval: { answer: { kind: 'rejected', by: 'kim' } },
      failure: { type: 'ApprovalRejected', message: 'Rejected by kim: not before the weekend' },
      result: null,
    });
    expect(setup.events().map(({ key }) => key)).toEqual(['needs-approval/0', 'outcome']);
  });

  it('not confirmed in time: undone', async () => {
    await using setup = await setUp();
    await setup.world.startWorker(setup.environment);
    await setup.start({ confirmWithinSeconds: 1 });
    const { data } = await setup.waitFor('onboarding.undone');
    expect(data.failure).toMatchObject({ type: 'NotConfirmed' });
    expect(data.confirmation).toMatchObject({ confirmed: null });
    expect(setup.events().map(({ type }) => type)).toEqual(['onboarding.needs-confirmation', 'onboarding.undone']);
  });

  it('prerequisites that are not met: failed', async () => {
    await using setup = await setUp();
    setup.world.simulator.account.patch({ identityProviders: [] });
    await setup.world.startWorker(setup.environment);
    await setup.start();
    const { data } = await setup.waitFor('onboarding.failed');
    expect(data).toMatchObject({
      phase: 'checking-prerequisites',
      txtRecord: null,
      failure: { type: 'PrerequisitesNotMet', message: expect.stringContaining('identity provider') as unknown },
    });
    expect(setup.events()).toHaveLength(1);
  });

  it('cancelled before anything was written: cancelled', async () => {
    await using setup = await setUp();
    const isThere = checking.arrange(setup.world);
    await setup.world.startWorker(setup.environment);
    const handle = await setup.start();
    await isThere(handle);
    await handle.cancel();
    await releaseCalls(setup.world.simulator);
    const { data } = await setup.waitFor('onboarding.cancelled');
    expect(data).toMatchObject({ phase: 'checking-prerequisites', failure: { type: 'Cancelled' } });
    expect(await endingOf(handle)).toEqual({ kind: 'cancelled' });
    expect(setup.events()).toHaveLength(1);
  });
});

describe.concurrent('with the provider "manual" the person is asked', () => {
  it('what to add, and that it is enabled', async () => {
    await using setup = await setUp();
    await setup.world.startWorker(setup.environment);
    await setup.start({ dnsProvider: 'manual' });
    const { data } = await setup.waitFor('onboarding.needs-dns-change');
    const value = data.txtRecord?.value ?? 'none';
    expect(data.reason).toContain('add by hand in the zone example.com');
    expect(data.reason).toContain(value);
    await addTxtByHand(setup.world, 'example.com', value);
    await setup.waitFor('onboarding.enabled');
    expect(setup.events().map(({ key }) => key)).toEqual(['needs-dns-change/publish', 'outcome']);
  });

  it('what to remove again', async () => {
    await using setup = await setUp();
    await setup.world.startWorker(setup.environment);
    const handle = await setup.start({ dnsProvider: 'manual' });
    const { data: asked } = await setup.waitFor('onboarding.needs-dns-change');
    await handle.cancel();
    await setup.waitFor('onboarding.undone');
    const events = setup.events();
    expect(events.map(({ key }) => key)).toEqual(['needs-dns-change/publish', 'needs-dns-change/remove', 'outcome']);
    expect(events[1]?.data).toMatchObject({ phase: 'undoing', txtRecord: asked.txtRecord });
    expect(events[1]?.data.reason).toContain('if it was added, remove by hand');
    expect(events[2]?.data.failure).toMatchObject({ type: 'Cancelled' });
  });
});
