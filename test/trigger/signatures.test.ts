import { describe, expect, it, vi } from 'vitest';

import { createWorld, waitOptions } from '../support/onboarding-world.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { call, newToken, send, sendSigned, sign, startTrigger } from './trigger-world.ts';
import type { CallerEntry } from './trigger-world.ts';

const minutes = 60_000;

async function setUp() {
  const world = await createWorld();
  const [secret, nextSecret] = [newSecret(), newSecret()];
  const hr: CallerEntry = {
    name: 'hr',
    webhookSecrets: [secret, nextSecret],
    accounts: [world.accountId],
    actions: ['onboard'],
  };
  const trigger = await startTrigger(world.client, [hr]);
  const event = world.input();
  return {
    world,
    url: trigger.url,
    secret,
    nextSecret,
    event,
    async [Symbol.asyncDispose]() {
      await trigger[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

it('takes a signed event, and says where to see how it goes on', async () => {
  await using scene = await setUp();
  const { world, url, secret, event } = scene;
  await world.startWorker();
  const { status, headers, body } = await sendSigned(url, event, { secret });
  expect(status).toBe(202);
  expect(headers.get('location')).toBe(`/onboardings/example.com?account=${world.accountId}`);
  const workflowId = `sso/${world.accountId}/example.com`;
  expect(body).toEqual({ accountId: world.accountId, emailDomain: 'example.com', workflowId, outcome: 'taken' });
  await vi.waitFor(async () => await world.client.workflow.getHandle(workflowId).describe(), waitOptions);
  await expect(world.client.workflow.getHandle(workflowId).result()).resolves.toMatchObject({ enabled: true });
});

it('takes an event although no worker is up: Temporal has it', async () => {
  await using scene = await setUp();
  const { world, url, secret, event } = scene;
  expect((await sendSigned(url, event, { secret })).status).toBe(202);
  expect(await countRuns(world.client, 'deliver')).toBe(1);
});

describe('an event that cannot be trusted is refused without a word why, and starts nothing', () => {
  it('each of them', async () => {
    await using scene = await setUp();
    const { world, url, secret, event } = scene;
    const body = JSON.stringify(event);
    const other = JSON.stringify({ ...event, emailDomain: 'example.org' });
    const now = Date.now();
    const signed = sign(body, { secret });
    const { 'webhook-signature': signature = '' } = signed;
    const cases: [name: string, headers: Record<string, string>, body: string][] = [
      ['signed with a secret of nobody', sign(body, { secret: newSecret() }), body],
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
      ['a token of nobody', { 'content-type': 'application/json', authorization: 'Bearer guess' }, body],
      ['a token of nobody besides a good signature', { ...signed, authorization: 'Bearer guess' }, body],
      ['basic authentication', { 'content-type': 'application/json', authorization: 'Basic aHI6aHI=' }, body],
    ];
    const refused = { type: 'about:blank', title: 'Not authenticated', status: 401 };
    for (const [name, headers, text] of cases) {
      const answer = await send(`${url}/onboardings`, { method: 'POST', headers, body: text });
      expect({ name, body: answer.body }).toEqual({ name, body: refused });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
    expect(await countRuns(world.client, 'deliver')).toBe(0);
  });
});

it('an event that is replayed is answered as before, and starts nothing more', async () => {
  await using scene = await setUp();
  const { world, url, secret, event } = scene;
  const body = JSON.stringify(event);
  const headers = sign(body, { secret });
  const outcomes: unknown[] = [];
  for (let time = 0; time < 3; time += 1) {
    const answer = await send(`${url}/onboardings`, { method: 'POST', headers, body });
    expect(answer.status).toBe(202);
    outcomes.push(answer.body);
  }
  expect(outcomes).toMatchObject([{ outcome: 'taken' }, { outcome: 'again' }, { outcome: 'again' }]);
  expect(await countRuns(world.client, 'deliver')).toBe(1);
});

it('an id that comes again with another event is a conflict', async () => {
  await using scene = await setUp();
  const { url, secret, event } = scene;
  expect((await sendSigned(url, event, { secret, id: 'event-1' })).status).toBe(202);
  const other = await sendSigned(url, { ...event, emailDomain: 'example.org' }, { secret, id: 'event-1' });
  expect(other.status).toBe(409);
  expect(other.body).toMatchObject({ detail: 'This webhook-id belongs to an event that said something else' });
});

it('the same id of two callers is two events', async () => {
  await using world = await createWorld();
  const callers = ['hr', 'itsm'].map((name) => ({
    name,
    webhookSecrets: [newSecret()],
    accounts: [world.accountId],
    actions: ['onboard' as const],
  }));
  await using trigger = await startTrigger(world.client, callers);
  const outcomes: unknown[] = [];
  for (const { webhookSecrets } of callers) {
    const [secret = ''] = webhookSecrets;
    outcomes.push((await sendSigned(trigger.url, world.input(), { secret, id: 'event-1' })).body);
  }
  expect(outcomes).toMatchObject([{ outcome: 'taken' }, { outcome: 'taken' }]);
});

describe('while secrets are being replaced', () => {
  it('both are good, and an event signed with both is one event', async () => {
    await using scene = await setUp();
    const { world, url, secret, nextSecret, event } = scene;
    const body = JSON.stringify(event);
    const [one, next] = [sign(body, { secret, id: 'e' }), sign(body, { secret: nextSecret, id: 'e' })];
    const both = { ...one, 'webhook-signature': `${next['webhook-signature']} ${one['webhook-signature']}` };
    const outcomes: unknown[] = [];
    for (const headers of [next, one, both])
      outcomes.push((await send(`${url}/onboardings`, { method: 'POST', headers, body })).body);
    expect(outcomes).toMatchObject([{ outcome: 'taken' }, { outcome: 'again' }, { outcome: 'again' }]);
    expect(await countRuns(world.client, 'deliver')).toBe(1);
  });

  it('one that has been taken out is good no more', async () => {
    await using world = await createWorld();
    const [old, secret] = [newSecret(), newSecret()];
    const hr = { name: 'hr', webhookSecrets: [secret], accounts: [world.accountId], actions: ['onboard' as const] };
    await using trigger = await startTrigger(world.client, [hr]);
    expect((await sendSigned(trigger.url, world.input(), { secret: old })).status).toBe(401);
    expect((await sendSigned(trigger.url, world.input(), { secret })).status).toBe(202);
  });
});

it('a caller that asks for too much is told to wait, and others are not', async () => {
  await using world = await createWorld();
  const [busy, calm] = [newToken(), newToken()];
  const shared = { accounts: [world.accountId], actions: ['read' as const] };
  await using trigger = await startTrigger(world.client, [
    { ...shared, name: 'busy', bearerSha256: busy.bearerSha256, requestsPerMinute: 3 },
    { ...shared, name: 'calm', bearerSha256: calm.bearerSha256 },
  ]);
  const read = async (token: string) => await call(trigger.url, token, 'GET', '/onboardings/example.com');
  const statuses: number[] = [];
  for (let time = 0; time < 4; time += 1) statuses.push((await read(busy.token)).status);
  expect(statuses).toEqual([404, 404, 404, 429]);
  const { headers, body } = await read(busy.token);
  expect(body).toEqual({ type: 'about:blank', title: 'Too many requests', status: 429 });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await read(calm.token)).status).toBe(404);
});
