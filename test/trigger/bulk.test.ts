import { fileURLToPath } from 'node:url';

import { expect, it, vi } from 'vitest';

import { bulkLimits } from '../../src/contract/names/vocabulary.ts';
import { addZones, bulkOf, nameDomains } from '../support/bulk-world.ts';
import { createWorld, waitOptions } from '../support/onboarding-world.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { call, newToken, send, sign, startTrigger } from './trigger-world.ts';
import type { Answer } from './trigger-world.ts';

const other = 'b'.repeat(32);

async function setUp() {
  const world = await createWorld();
  const secret = newSecret();
  const [alice, reader] = [newToken(), newToken()];
  const accounts = [world.accountId];
  const trigger = await startTrigger(world.client, [
    { name: 'hr', webhookSecrets: [secret], accounts: [world.accountId, other], actions: ['onboard'] },
    { name: 'alice', bearerSha256: alice.bearerSha256, accounts, actions: ['onboard', 'read'] },
    { name: 'reader', bearerSha256: reader.bearerSha256, accounts, actions: ['read'] },
  ]);
  return {
    world,
    ask: async (method: 'GET' | 'POST', path: string, body?: unknown, token = alice.token) =>
      await call(trigger.url, token, method, path, body),
    readerToken: reader.token,
    deliver: async (body: unknown, id: string): Promise<Answer> => {
      const text = JSON.stringify(body);
      const headers = sign(text, { secret, id });
      return await send(`${trigger.url}/onboardings/bulk`, { method: 'POST', headers, body: text });
    },
    async [Symbol.asyncDispose]() {
      await trigger[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

it('a person starts a list, joins it, and sees at Location what became of each row', async () => {
  await using scene = await setUp();
  const { world, ask } = scene;
  const domains = nameDomains(3);
  addZones(world, domains.slice(0, 2));
  const started = await ask('POST', '/onboardings/bulk', bulkOf(world, domains));
  expect(started).toMatchObject({ status: 202, body: { rows: 3, outcome: 'started', accountId: world.accountId } });
  const location = started.headers.get('location') ?? '';
  expect(location).toMatch(/^\/onboardings\/bulk\/[0-9a-f]{64}\?account=[0-9a-f]{32}$/u);
  expect(await ask('POST', '/onboardings/bulk', bulkOf(world, domains.toReversed()))).toMatchObject({
    status: 202,
    body: { outcome: 'joined' },
  });
  // No worker has been up yet.
  expect(await ask('GET', location)).toMatchObject({
    status: 200,
    body: { state: 'running', status: null, result: null },
  });

  await world.startWorker();
  const { body } = await vi.waitFor(async () => {
    const view = await ask('GET', location);
    expect(view.body).toMatchObject({ state: 'completed' });
    return view;
  }, waitOptions);
  expect(body).toMatchObject({
    status: { counts: { total: 3, waiting: 0, underWay: 0 } },
    result: {
      counts: { enabled: 2, failed: 1 },
      rows: [{ row: 0 }, { row: 1 }, { row: 2, type: 'PrerequisitesNotMet' }],
    },
  });
});

it('the same webhook-id is one run, also after it has closed, and no other list can have it, in whichever account', async () => {
  await using scene = await setUp();
  const { world, deliver, ask } = scene;
  await world.startWorker();
  const list = bulkOf(world, nameDomains(2));
  const id = 'acquisition/2026 #1'.replaceAll(' ', '-');
  const answers = await Promise.all(Array.from({ length: 5 }, async () => await deliver(list, id)));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
  const location = answers[0]?.headers.get('location') ?? '';
  await vi.waitFor(async () => {
    expect((await ask('GET', location)).body).toMatchObject({ state: 'completed' });
  }, waitOptions);

  expect(await deliver(list, id)).toMatchObject({ status: 202, body: { outcome: 'again' } });
  const more = bulkOf(world, nameDomains(3));
  expect(await deliver(more, id)).toMatchObject({ status: 409 });
  expect(await deliver({ ...more, accountId: other }, id)).toMatchObject({ status: 409 });
  expect(await countRuns(world.client, 'onboardManySsoConnectors')).toBe(1);
});

it('a list that cannot be used has every problem listed by row, and nothing starts', async () => {
  await using scene = await setUp();
  const { world, ask, deliver, readerToken } = scene;
  const rows = [
    { emailDomain: 'a.com' },
    { emailDomain: 'gmail.com' },
    { emailDomain: 'A.com' },
    { emailDomain: 'b.com', x: 1 },
  ];
  const refused = await ask('POST', '/onboardings/bulk', { accountId: world.accountId, rows });
  expect(refused).toMatchObject({
    status: 422,
    body: { problems: [{ subject: 'rows.1, emailDomain' }, { subject: 'rows.2, emailDomain' }, { subject: 'rows.3' }] },
  });
  const good = { accountId: world.accountId, rows: rows.slice(0, 1) };
  expect((await ask('POST', '/onboardings/bulk', { ...good, accountId: other })).status).toBe(403);
  expect((await ask('POST', '/onboardings/bulk', good, readerToken)).status).toBe(403);
  expect((await ask('POST', '/onboardings/bulk', good, 'nobody')).status).toBe(401);
  expect((await deliver({ ...good, accountId: 'c'.repeat(32) }, '1')).status).toBe(403);
  // One domain is no list, and a list is no domain.
  expect((await deliver({ accountId: world.accountId, emailDomain: 'a.com' }, '2')).status).toBe(422);
  expect((await ask('POST', '/onboardings', good)).status).toBe(422);
  expect((await ask('POST', '/onboardings/bulk', 'x'.repeat(2 * bulkLimits.bytes))).status).toBe(413);
  expect((await ask('GET', '/onboardings/bulk/none')).status).toBe(404);
  expect((await ask('GET', `/onboardings/bulk/none?account=${other}`)).status).toBe(403);
  expect((await ask('GET', '/onboardings/bulk/none', undefined, 'nobody')).status).toBe(401);
  expect(await countRuns(world.client)).toBe(0);
});

it('as many rows as there may be go through', async () => {
  await using scene = await setUp();
  const { world, ask } = scene;
  const rows = nameDomains(bulkLimits.rows, 'a-company-with-a-long-name-in-the-list').map((emailDomain) => ({
    emailDomain,
  }));
  const list = { accountId: world.accountId, rows };
  expect(JSON.stringify(list).length).toBeGreaterThan(65_536);
  expect(await ask('POST', '/onboardings/bulk', list)).toMatchObject({ status: 202, body: { rows: bulkLimits.rows } });
});

it('a caller whose adapter fixes the input cannot go around it', async () => {
  await using scene = await setUp();
  const { world } = scene;
  const { token, bearerSha256 } = newToken();
  const adapter = fileURLToPath(new URL('../../docs/adapters/hris-company.json', import.meta.url));
  await using trigger = await startTrigger(world.client, [
    { name: 'hris', bearerSha256, accounts: [world.accountId], actions: ['onboard'], adapter },
  ]);
  expect(await call(trigger.url, token, 'POST', '/onboardings/bulk', bulkOf(world, nameDomains(2)))).toMatchObject({
    status: 403,
    body: { detail: 'A caller with an adapter onboards one domain at a time' },
  });
  expect(await countRuns(world.client, 'onboardManySsoConnectors')).toBe(0);
});
