import { describe, expect, it } from 'vitest';

import { deliveryWorkflowType } from '../../src/contract/names/ids.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { createWorld } from '../support/onboarding-world.ts';
import {
  bearerOf,
  call,
  domainPath,
  newToken,
  send,
  senderOf,
  sendSigned,
  sign,
  startTrigger,
} from './running-trigger.ts';

const minutes = 60_000;

async function setUp() {
  const world = await createWorld();
  const [secret, nextSecret] = [newSecret(), newSecret()];
  const hr = senderOf(secret, [world.accountId], { webhookSecrets: [secret, nextSecret] });
  const trigger = await startTrigger(world.client, { senders: [hr] });
  return {
    world,
    url: trigger.url,
    secret,
    nextSecret,
    event: world.input(),
    async [Symbol.asyncDispose]() {
      await trigger[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

describe.concurrent('a signed event', () => {
  it('is accepted, and the answer says where its run is', async () => {
    await using scene = await setUp();
    const { world, url, secret, event } = scene;
    await world.startWorker();
    const { status, headers, body } = await sendSigned(url, event, { secret, id: 'event-1' });
    expect(status).toBe(202);
    const workflowId = `sso/${world.accountId}/example.com`;
    expect(body).toEqual({
      kind: 'onboarding',
      accountId: world.accountId,
      emailDomain: 'example.com',
      workflowId,
      runId: expect.any(String) as unknown,
      outcome: 'accepted',
    });
    const handle = world.client.workflow.getHandle(workflowId);
    const { runId } = await handle.describe();
    expect(headers.get('location')).toBe(`${domainPath(world.accountId)}/runs/${runId}`);
    await expect(handle.result()).resolves.toMatchObject({ enabled: true });

    // The run has ended, and the same event still leads to it.
    const again = await sendSigned(url, event, { secret, id: 'event-1' });
    expect(again).toMatchObject({ status: 202, body: { runId, outcome: 'duplicate' } });
    expect(again.headers.get('location')).toBe(headers.get('location'));
  });

  it('is accepted although no worker is running, and the answer says where its domain is', async () => {
    await using scene = await setUp();
    const { world, url, secret, event } = scene;
    const { status, headers, body } = await sendSigned(url, event, { secret });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(domainPath(world.accountId));
    expect(body).toMatchObject({ runId: null, outcome: 'accepted' });
    expect(await countRuns(world.client, deliveryWorkflowType)).toBe(1);
  });

  it('that cannot be trusted is refused without saying why, and starts nothing', async () => {
    await using scene = await setUp();
    const { world, url, secret, event } = scene;
    const body = JSON.stringify(event);
    const other = JSON.stringify({ ...event, emailDomain: 'example.org' });
    const now = Date.now();
    const signed = sign(body, { secret });
    const { 'webhook-signature': signature = '' } = signed;
    const cases: [name: string, headers: Record<string, string>, body: string][] = [
      ["signed with nobody's secret", sign(body, { secret: newSecret() }), body],
      ['signed for another body', signed, other],
      ['signed more than five minutes ago', sign(body, { secret, at: new Date(now - 6 * minutes) }), body],
      ['signed more than five minutes ahead', sign(body, { secret, at: new Date(now + 6 * minutes) }), body],
      ['signed at another time', { ...signed, 'webhook-timestamp': String(Math.floor(now / 1000) - 60) }, body],
      ['signed for another id', { ...signed, 'webhook-id': 'another' }, body],
      ['an id with a space', sign(body, { secret, id: 'an id' }), body],
      ['an id that is too long', sign(body, { secret, id: 'x'.repeat(256) }), body],
      ['a time that is none', { ...signed, 'webhook-timestamp': 'noon' }, body],
      ['another version of signature', { ...signed, 'webhook-signature': signature.replace('v1', 'v2') }, body],
      ['half a signature', { ...signed, 'webhook-signature': signature.slice(0, 20) }, body],
      ['no comma', { ...signed, 'webhook-signature': 'v1' }, body],
      ['no signature', { 'content-type': 'application/json' }, body],
      ["nobody's token", { 'content-type': 'application/json', authorization: 'Bearer guess' }, body],
      ["nobody's token beside a valid signature", { ...signed, authorization: 'Bearer guess' }, body],
      ['basic authentication', { 'content-type': 'application/json', authorization: 'Basic aHI6aHI=' }, body],
    ];
    const refused = { type: 'about:blank', title: 'Not authenticated', status: 401 };
    for (const [name, headers, text] of cases) {
      const answer = await send(`${url}/v1/events/hr`, { method: 'POST', headers, body: text });
      expect({ name, body: answer.body }).toEqual({ name, body: refused });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
    expect(await countRuns(world.client)).toBe(0);
  });

  it('that is replayed is answered as before, and starts nothing more', async () => {
    await using scene = await setUp();
    const { world, url, secret, event } = scene;
    const body = JSON.stringify(event);
    const headers = sign(body, { secret });
    const outcomes: unknown[] = [];
    for (let time = 0; time < 3; time += 1) {
      const answer = await send(`${url}/v1/events/hr`, { method: 'POST', headers, body });
      expect(answer.status).toBe(202);
      outcomes.push(answer.body);
    }
    expect(outcomes).toMatchObject([{ outcome: 'accepted' }, { outcome: 'duplicate' }, { outcome: 'duplicate' }]);
    expect(await countRuns(world.client, deliveryWorkflowType)).toBe(1);
  });

  it('with the id of another event is a conflict', async () => {
    await using scene = await setUp();
    const { url, secret, event } = scene;
    expect((await sendSigned(url, event, { secret, id: 'event-1' })).status).toBe(202);
    const other = await sendSigned(url, { ...event, emailDomain: 'example.org' }, { secret, id: 'event-1' });
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({
      detail: expect.stringContaining('belongs to an event with another') as unknown,
    });
  });

  it('may have the id of an event of another sender', async () => {
    await using world = await createWorld();
    const senders = ['hr', 'itsm'].map((name) => senderOf(newSecret(), [world.accountId], { name }));
    await using trigger = await startTrigger(world.client, { senders });
    const outcomes: unknown[] = [];
    for (const { name, webhookSecrets } of senders) {
      const [secret = ''] = webhookSecrets;
      outcomes.push((await sendSigned(trigger.url, world.input(), { secret, id: 'event-1' }, name)).body);
    }
    expect(outcomes).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
  });
});

describe.concurrent('while one secret replaces another', () => {
  it('both are valid, and an event signed with both is one event', async () => {
    await using scene = await setUp();
    const { world, url, secret, nextSecret, event } = scene;
    const body = JSON.stringify(event);
    const [one, next] = [sign(body, { secret, id: 'e' }), sign(body, { secret: nextSecret, id: 'e' })];
    const both = { ...one, 'webhook-signature': `${next['webhook-signature']} ${one['webhook-signature']}` };
    const outcomes: unknown[] = [];
    for (const headers of [next, one, both]) {
      outcomes.push((await send(`${url}/v1/events/hr`, { method: 'POST', headers, body })).body);
    }
    expect(outcomes).toMatchObject([{ outcome: 'accepted' }, { outcome: 'duplicate' }, { outcome: 'duplicate' }]);
    expect(await countRuns(world.client, deliveryWorkflowType)).toBe(1);
  });

  it('one that has been removed is not valid any more', async () => {
    await using world = await createWorld();
    const [old, secret] = [newSecret(), newSecret()];
    await using trigger = await startTrigger(world.client, { senders: [senderOf(secret, [world.accountId])] });
    expect((await sendSigned(trigger.url, world.input(), { secret: old })).status).toBe(401);
    expect((await sendSigned(trigger.url, world.input(), { secret })).status).toBe(202);
  });
});

it('a caller that sends too many requests is answered 429, and others are not', async () => {
  await using world = await createWorld();
  const [busy, calm] = [newToken(), newToken()];
  const accounts = [world.accountId];
  await using trigger = await startTrigger(world.client, {
    bearers: [
      bearerOf(busy, accounts, { name: 'busy', requestsPerMinute: 3 }),
      bearerOf(calm, accounts, { name: 'calm' }),
    ],
  });
  const read = async ({ token }: { token: string }) =>
    await call(trigger.url, token, 'GET', domainPath(world.accountId));
  const statuses: number[] = [];
  for (let time = 0; time < 4; time += 1) statuses.push((await read(busy)).status);
  expect(statuses).toEqual([404, 404, 404, 429]);
  const { headers, body } = await read(busy);
  expect(body).toEqual({ type: 'about:blank', title: 'Too many requests', status: 429 });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await read(calm)).status).toBe(404);
});
