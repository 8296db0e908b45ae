import { describe, expect, it, vi } from 'vitest';

import { bulkWorkflowType } from '../../src/contract/names/ids.ts';
import { bulkLimits } from '../../src/contract/names/vocabulary.ts';
import type { BulkInput } from '../../src/contract/schemas/bulk.ts';
import { addZones, bulkOf, nameDomains } from '../support/bulk-world.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { createWorld, waitOptions } from '../support/onboarding-world.ts';
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
import type { Method } from './running-trigger.ts';

const other = 'b'.repeat(32);

async function setUp() {
  const world = await createWorld();
  const secret = newSecret();
  const [alice, reader] = [newToken(), newToken()];
  const accounts = [world.accountId];
  const trigger = await startTrigger(world.client, {
    senders: [senderOf(secret, [world.accountId, other])],
    bearers: [
      bearerOf(alice, accounts, { actions: ['onboard', 'read'] }),
      bearerOf(reader, accounts, { name: 'reader', actions: ['read'] }),
    ],
  });
  return {
    world,
    url: trigger.url,
    secret,
    path: `/v1/accounts/${world.accountId}/bulks`,
    ask: async (method: Method, path: string, body?: unknown, token = alice.token) =>
      await call(trigger.url, token, method, path, body),
    readerToken: reader.token,
    async [Symbol.asyncDispose]() {
      await trigger[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** Without what the address gives. */
function bodyOf({ rows, options, concurrency }: BulkInput): Omit<BulkInput, 'accountId'> {
  return { rows, ...(options && { options }), ...(concurrency && { concurrency }) };
}

describe.concurrent('a bulk run', () => {
  it('is started, joined, and read at its Location: what became of each row', async () => {
    await using scene = await setUp();
    const { world, ask, path } = scene;
    const domains = nameDomains(3);
    addZones(world, domains.slice(0, 2));
    const started = await ask('POST', path, bodyOf(bulkOf(world, domains)));
    expect(started).toMatchObject({ status: 202, body: { rows: 3, outcome: 'started', accountId: world.accountId } });
    const location = started.headers.get('location') ?? '';
    expect(location).toMatch(/^\/v1\/accounts\/[0-9a-f]{32}\/bulks\/[0-9a-f]{64}$/u);
    // Rows in another order, and a default that is written out, are the same list.
    const same = bodyOf({ ...bulkOf(world, domains.toReversed()), concurrency: 10 });
    const joined = await ask('POST', path, same);
    expect(joined).toMatchObject({ status: 200, body: { outcome: 'joined' } });
    expect(joined.headers.get('location')).toBe(location);
    // No worker has run yet.
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
      status: { counts: { total: 3, waiting: 0, running: 0 } },
      result: {
        counts: { enabled: 2, failed: 1 },
        rows: [{ row: 0 }, { row: 1 }, { row: 2, type: 'PrerequisitesNotMet' }],
      },
    });
  });

  it('is one run however often it is asked for at once; asked for again after it has ended, it does what is missing', async () => {
    await using scene = await setUp();
    const { world, ask, path } = scene;
    const domains = nameDomains(2);
    addZones(world, domains);
    const list = bodyOf(bulkOf(world, domains));
    const answers = await Promise.all(Array.from({ length: 5 }, async () => await ask('POST', path, list)));
    expect(answers.map(({ status }) => status).toSorted((one, two) => one - two)).toEqual([200, 200, 200, 200, 202]);
    expect(await countRuns(world.client, bulkWorkflowType)).toBe(1);
    await world.startWorker();
    const location = answers[0]?.headers.get('location') ?? '';
    const completed = async () => {
      await vi.waitFor(async () => {
        expect((await ask('GET', location)).body).toMatchObject({ state: 'completed' });
      }, waitOptions);
      return (await ask('GET', location)).body;
    };
    expect(await completed()).toMatchObject({ result: { counts: { enabled: 2 } } });

    expect(await ask('POST', path, list)).toMatchObject({ status: 202, body: { outcome: 'started' } });
    expect(await completed()).toMatchObject({ result: { counts: { enabled: 0, 'already-enabled': 2 } } });
    expect(world.simulator.account.connectors.list()).toHaveLength(2);
  });

  it('of a list that is invalid is not started, and every problem is listed by row', async () => {
    await using scene = await setUp();
    const { world, url, secret, ask, path, readerToken } = scene;
    const { accountId } = world;
    const rows = [
      { emailDomain: 'a.com' },
      { emailDomain: 'gmail.com' },
      { emailDomain: 'A.com' },
      { emailDomain: 'b.com', x: 1 },
    ];
    expect(await ask('POST', path, { rows })).toMatchObject({
      status: 422,
      body: {
        problems: [{ subject: 'rows.1, emailDomain' }, { subject: 'rows.2, emailDomain' }, { subject: 'rows.3' }],
      },
    });
    const good = { rows: rows.slice(0, 1) };
    expect(await ask('POST', path, { ...good, accountId })).toMatchObject({
      status: 422,
      body: { problems: [{ subject: 'accountId', problem: 'the address gives it' }] },
    });
    expect((await ask('POST', `/v1/accounts/${other}/bulks`, good)).status).toBe(403);
    expect((await ask('POST', path, good, readerToken)).status).toBe(403);
    expect((await ask('POST', path, good, 'nobody')).status).toBe(401);
    // One domain is no list, and a list is no domain.
    expect((await ask('POST', path, { emailDomain: 'a.com' })).status).toBe(422);
    expect((await ask('POST', `${domainPath(accountId)}/onboarding`, good)).status).toBe(422);
    expect((await sendSigned(url, { accountId, ...good }, { secret })).status).toBe(422);
    expect((await ask('POST', path, 'x'.repeat(2 * bulkLimits.bytes))).status).toBe(413);
    const none = `${path}/${'0'.repeat(64)}`;
    expect((await ask('GET', none)).status).toBe(404);
    for (const id of ['none', '%2e%2e', '0'.repeat(63), 'x'.repeat(999)]) {
      expect((await ask('GET', `${path}/${id}`)).status).toBe(404);
    }
    expect((await ask('GET', none.replace(accountId, other))).status).toBe(403);
    expect((await ask('GET', none, undefined, 'nobody')).status).toBe(401);
    expect(await countRuns(world.client)).toBe(0);
  });

  it('may have as many rows as the limit says', async () => {
    await using scene = await setUp();
    const { ask, path } = scene;
    const rows = nameDomains(bulkLimits.rows, 'a-company-with-a-long-name-in-the-list').map((emailDomain) => ({
      emailDomain,
    }));
    expect(JSON.stringify({ rows }).length).toBeGreaterThan(65_536);
    expect(await ask('POST', path, { rows })).toMatchObject({ status: 202, body: { rows: bulkLimits.rows } });
  });

  it('cannot be started by a sender, because that would bypass its adapter', async () => {
    await using scene = await setUp();
    const { world, url, secret, path } = scene;
    const body = JSON.stringify(bodyOf(bulkOf(world, nameDomains(2))));
    const signed = { method: 'POST', headers: sign(body, { secret }), body };
    expect((await send(`${url}${path}`, signed)).status).toBe(401);
    expect(await countRuns(world.client)).toBe(0);
  });
});
