import { describe, expect, it, vi } from 'vitest';

import type { DeliverWorkflow } from '../../src/contract/handlers.ts';
import { deliveryWorkflowType, onboardingTaskQueue } from '../../src/contract/names/ids.ts';
import type { OnboardingInput } from '../../src/contract/schemas/onboarding-input.ts';
import { startReceiver, verify, writeSecrets } from '../support/call-back-receiver.ts';
import { newSecret } from '../support/new-secret.ts';
import { createWorld, waitOptions } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import { senderOf, sendSigned, startTrigger } from './running-trigger.ts';

/** The run that the trigger starts, without the check before it: what is in progress may change in between. */
async function deliverAs(world: World, id: string, input: OnboardingInput) {
  return await world.client.workflow.execute<DeliverWorkflow>(deliveryWorkflowType, {
    workflowId: `sso-delivery/hr/${id}`,
    taskQueue: onboardingTaskQueue,
    args: [{ caller: 'hr', kind: 'onboarding', input }],
  });
}

describe.concurrent('a delivery', () => {
  it('starts the onboarding, which continues after it', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const workflowId = `sso/${world.accountId}/example.com`;
    const outcome = await deliverAs(world, '1', world.input());
    const handle = world.client.workflow.getHandle(workflowId);
    const { runId } = await handle.describe();
    expect(outcome).toEqual({ outcome: 'started', workflowId, runId, because: null });
    await expect(handle.result()).resolves.toMatchObject({ enabled: true });
  });

  it('joins a run with the same input, and says what is in progress instead of another', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600] });
    await world.startWorker();
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    const { workflowId, firstExecutionRunId: runId } = handle;
    expect(await deliverAs(world, '1', world.input())).toEqual({ outcome: 'joined', workflowId, runId, because: null });
    expect(await deliverAs(world, '2', world.input({ dnsProvider: 'manual' }))).toEqual({
      outcome: 'refused',
      workflowId,
      runId: null,
      because: 'other-input',
    });
  });

  it('says that the run before is being undone', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600] });
    world.simulator.faults.add({ method: 'DELETE', times: 'forever', when: 'before', fault: { status: 500 } });
    await world.startWorker();
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    await handle.cancel();
    await world.waitForStatus(handle, ({ phase }) => phase === 'undoing');
    expect(await deliverAs(world, '1', world.input())).toMatchObject({ outcome: 'refused', because: 'being-undone' });
    await handle.terminate();
  });

  it('that starts nothing sends a call-back that says so, and no more than that', async () => {
    const secret = newSecret();
    await using file = await writeSecrets([secret]);
    await using receiver = await startReceiver();
    await using world = await createWorld({ nameServerLagSeconds: [3600] });
    await world.startWorker({ CALLBACK_ORIGINS: receiver.origin, CALLBACK_SECRETS_FILE: file.path });
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    const callbackUrl = `${receiver.origin}/hook`;
    const input = world.input({ callbackUrl, dnsProvider: 'manual' });
    expect(await deliverAs(world, '1', input)).toMatchObject({ outcome: 'refused' });
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), waitOptions);
    const [sent] = receiver.received.map((one) => verify(one, secret));
    expect(sent).toEqual({
      type: 'onboarding.not-started',
      timestamp: expect.stringMatching(/Z$/u) as unknown,
      data: {
        kind: 'onboarding',
        runId: null,
        accountId: world.accountId,
        emailDomain: 'example.com',
        phase: null,
        reason: 'A run for this domain is in progress with another input',
        approval: null,
        confirmation: null,
        txtRecord: null,
        result: null,
        failure: null,
      },
    });
    // The run that sends the call-back fails if its origin is not allowed. The delivery does not wait for it.
    const elsewhere = { ...input, callbackUrl: 'https://elsewhere.example/' };
    expect(await deliverAs(world, '2', elsewhere)).toMatchObject({ outcome: 'refused' });
    await handle.terminate();
  });

  it('says that another workflow has the id of the domain', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const workflowId = `sso/${world.accountId}/example.com`;
    const other = await world.client.workflow.start('somethingElse', {
      workflowId,
      taskQueue: 'nobody',
      args: [world.input()],
    });
    expect(await deliverAs(world, '1', world.input())).toMatchObject({ outcome: 'refused', because: 'other-workflow' });
    await other.terminate();
  });
});

it('an event that conflicts with a run in progress is answered 409, and can be sent again later', async () => {
  await using world = await createWorld();
  const secret = newSecret();
  await using trigger = await startTrigger(world.client, { senders: [senderOf(secret, [world.accountId])] });
  const handle = await world.start(world.input({ dnsProvider: 'manual' }));
  const signing = { secret, id: 'event-1' };
  expect(await sendSigned(trigger.url, world.input(), signing)).toMatchObject({
    status: 409,
    body: { detail: 'A run for this domain is in progress with another input' },
  });
  await handle.terminate();
  expect(await sendSigned(trigger.url, world.input(), signing)).toMatchObject({
    status: 202,
    body: { outcome: 'accepted' },
  });
});

it('an event that started nothing after all is still answered as accepted, with the address of its domain', async () => {
  await using world = await createWorld({ nameServerLagSeconds: [3600] });
  const secret = newSecret();
  await using trigger = await startTrigger(world.client, { senders: [senderOf(secret, [world.accountId])] });
  // Accepted while no worker runs; another run starts before the event is processed.
  const signing = { secret, id: 'event-1' };
  await sendSigned(trigger.url, world.input(), signing);
  const handle = await world.start(world.input({ dnsProvider: 'manual' }));
  await world.startWorker();
  const delivery = world.client.workflow.getHandle<DeliverWorkflow>('sso-delivery/hr/event-1');
  expect(await delivery.result()).toMatchObject({ outcome: 'refused' });
  const again = await sendSigned(trigger.url, world.input(), signing);
  expect(again).toMatchObject({ status: 202, body: { outcome: 'duplicate', runId: null } });
  expect(again.headers.get('location')).toBe(`/v1/accounts/${world.accountId}/domains/example.com`);
  await handle.terminate();
});
