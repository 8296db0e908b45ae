import { describe, expect, it, vi } from 'vitest';

import { onboardingTaskQueue } from '../../src/contract/names/ids.ts';
import type { OnboardingInput } from '../../src/contract/schemas/onboarding-input.ts';
import type { deliver } from '../../src/workflows/shared/deliver.ts';
import { startReceiver, verify, writeSecrets } from '../support/call-back-receiver.ts';
import { createWorld, waitOptions } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import { newSecret } from '../support/new-secret.ts';
import { sendSigned, startTrigger } from './trigger-world.ts';

/** What the trigger starts, without its look at what is under way: that may change in between. */
async function deliverAs(world: World, id: string, input: OnboardingInput) {
  return await world.client.workflow.execute<typeof deliver>('deliver', {
    workflowId: `sso-delivery/hr/${id}`,
    taskQueue: onboardingTaskQueue,
    args: [{ caller: 'hr', story: 'onboarding', input }],
  });
}

describe('a delivery', () => {
  it('starts the onboarding, which goes on after it', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const workflowId = `sso/${world.accountId}/example.com`;
    const outcome = await deliverAs(world, '1', world.input());
    expect(outcome).toEqual({ outcome: 'started', workflowId, because: null });
    await expect(world.client.workflow.getHandle(workflowId).result()).resolves.toMatchObject({ enabled: true });
  });

  it('joins one that has the same input, and says what stands in the way of another', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600] });
    await world.startWorker();
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    const { workflowId } = handle;
    expect(await deliverAs(world, '1', world.input())).toEqual({ outcome: 'joined', workflowId, because: null });
    expect(await deliverAs(world, '2', world.input({ dnsProvider: 'manual' }))).toEqual({
      outcome: 'refused',
      workflowId,
      because: 'other-input',
    });
  });

  it('says that the one before is being undone', async () => {
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

  it('tells whoever is to be called back that it was not started, and no more than that', async () => {
    const secret = newSecret();
    await using file = await writeSecrets([secret]);
    await using receiver = await startReceiver();
    await using world = await createWorld({ nameServerLagSeconds: [3600] });
    await world.startWorker({ CALLBACK_ORIGINS: receiver.origin, CALLBACK_SECRETS_FILE: file.path });
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    const callbackUrl = `${receiver.origin}/hook`;
    const { pace: _, ...unhurried } = world.input({ callbackUrl, dnsProvider: 'manual' });
    expect(await deliverAs(world, '1', unhurried)).toMatchObject({ outcome: 'refused' });
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), waitOptions);
    const [told] = receiver.received.map((one) => verify(one, secret));
    expect(told).toEqual({
      type: 'onboarding.not-started',
      timestamp: expect.stringMatching(/Z$/u) as unknown,
      data: {
        story: 'onboarding',
        runId: null,
        accountId: world.accountId,
        emailDomain: 'example.com',
        phase: null,
        reason: 'A run for this domain is under way with another input',
        approval: null,
        confirmation: null,
        txtRecord: null,
        result: null,
        failure: null,
      },
    });
    // Where call-backs may not go is the sending's to see, and holds up nobody.
    const elsewhere = { ...unhurried, callbackUrl: 'https://elsewhere.example/' };
    expect(await deliverAs(world, '2', elsewhere)).toMatchObject({ outcome: 'refused' });
    await handle.terminate();
  });

  it('says that something else has the id of the domain', async () => {
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

it('an event that does not go with what is under way is a conflict, and can be sent again later', async () => {
  await using world = await createWorld();
  const secret = newSecret();
  await using trigger = await startTrigger(world.client, [
    { name: 'hr', webhookSecrets: [secret], accounts: [world.accountId], actions: ['onboard'] },
  ]);
  const handle = await world.start(world.input({ dnsProvider: 'manual' }));
  const signing = { secret, id: 'event-1' };
  expect(await sendSigned(trigger.url, world.input(), signing)).toMatchObject({
    status: 409,
    body: { detail: 'A run for this domain is under way with another input' },
  });
  await handle.terminate();
  expect(await sendSigned(trigger.url, world.input(), signing)).toMatchObject({
    status: 202,
    body: { outcome: 'taken' },
  });
});
