/** Requests that somebody puts together by hand. */
import { once } from 'node:events';
import { connect } from 'node:net';

import { Client, Connection } from '@temporalio/client';
import { expect, it } from 'vitest';

import { actions } from '../../src/trigger/callers.ts';
import { createWorld } from '../support/onboarding-world.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { call, newToken, sendSigned, sign, startTrigger } from './trigger-world.ts';

async function setUp() {
  const world = await createWorld();
  const secret = newSecret();
  const { token, bearerSha256 } = newToken();
  const trigger = await startTrigger(world.client, [
    { name: 'hr', webhookSecrets: [secret], accounts: [world.accountId], actions: ['onboard'] },
    { name: 'alice', bearerSha256, accounts: [world.accountId], actions: [...actions] },
  ]);
  return {
    world,
    url: trigger.url,
    secret,
    token,
    async [Symbol.asyncDispose]() {
      await trigger[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** Sends header lines as they are, which no HTTP client would, and answers the status. */
async function post(url: string, lines: string[], body: string): Promise<number> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk;
  });
  const common = ['host: x', 'connection: close', 'content-type: application/json'];
  const length = `content-length: ${Buffer.byteLength(body)}`;
  socket.write(`POST /onboardings HTTP/1.1\r\n${[...common, length, ...lines].join('\r\n')}\r\n\r\n${body}`, 'latin1');
  await once(socket, 'close');
  return Number(/^HTTP\/1\.1 (\d{3})/u.exec(answer)?.[1]);
}

it('headers that come twice, or are not quite what was signed, prove nothing', async () => {
  await using scene = await setUp();
  const { world, url, secret, token } = scene;
  const body = JSON.stringify(world.input());
  const [good, bad] = [sign(body, { secret, id: 'event-1' }), sign(body, { secret: newSecret(), id: 'event-1' })];
  const id = 'webhook-id: event-1';
  const at = `webhook-timestamp: ${good['webhook-timestamp']}`;
  const signature = `webhook-signature: ${good['webhook-signature']}`;
  const wrong = `webhook-signature: ${bad['webhook-signature']}`;
  const bearer = `authorization: Bearer ${token}`;
  const cases: [name: string, lines: string[]][] = [
    ['two ids', [id, 'webhook-id: event-2', at, signature]],
    ['two times', [id, at, 'webhook-timestamp: 1', signature]],
    ['a time with something after it', [id, `${at}.5`, signature]],
    ['a time in another notation', [id, `webhook-timestamp: +${good['webhook-timestamp']}`, signature]],
    ['an id beyond ASCII', ['webhook-id: event-\u00e9', at, signature]],
    ['an empty id', ['webhook-id:', at, signature]],
    ['only a signature of nobody’s, twice', [id, at, wrong, wrong]],
    ['thousands of signatures', [id, at, `webhook-signature: ${'v1,x '.repeat(2500)}`]],
    ['an empty token besides a good signature', ['authorization:', id, at, signature]],
    ['a token of nobody’s before a good one', ['authorization: Bearer x', bearer]],
    ['a token in another scheme', [`authorization: Token ${token}`]],
    ['its hash for a token', [`authorization: Bearer ${newToken().bearerSha256}`]],
  ];
  for (const [name, lines] of cases)
    expect({ name, status: await post(url, lines, body) }).toEqual({ name, status: 401 });
  expect(await countRuns(world.client)).toBe(0);

  // One good signature among several headers is what a sender has who rotates its secret.
  expect(await post(url, [id, at, wrong, signature], body)).toBe(202);
  expect(await post(url, [id, at, signature, wrong], body)).toBe(202);
  expect(await countRuns(world.client, 'deliver')).toBe(1);
});

it('whatever an event is called, it is one event of its sender’s alone', async () => {
  await using world = await createWorld();
  // Were their ids put together without care, these would be the same.
  const callers = ['hr', 'hr-1'].map((name) => ({
    name,
    webhookSecrets: [newSecret()],
    accounts: [world.accountId],
    actions: ['onboard' as const],
  }));
  await using trigger = await startTrigger(world.client, callers);
  const ids = ['1/x', '../hr-1/x', 'x', '-1/x', '%2e%2e', "x'OR''='", '<b>', '{"$ref":1}', 'i'.repeat(255)];
  for (const { name, webhookSecrets } of callers) {
    const [secret = ''] = webhookSecrets;
    for (const outcome of ['taken', 'again'])
      for (const id of ids) {
        const { status, body } = await sendSigned(trigger.url, world.input(), { secret, id });
        expect({ name, id, status, body }).toMatchObject({ name, id, status: 202, body: { outcome } });
      }
  }
  expect(await countRuns(world.client, 'deliver')).toBe(callers.length * ids.length);
  // As long as a server on an SQL database can keep.
  for await (const { workflowId } of world.client.workflow.list()) expect(workflowId.length).toBeLessThanOrEqual(255);
});

it('an address says one domain and one account, or is refused', async () => {
  await using scene = await setUp();
  const { world, url, token } = scene;
  const handle = await world.start(world.input());
  const { accountId } = world;
  const other = 'b'.repeat(32);
  const cases: [path: string, status: number][] = [
    [`EXAMPLE.com.?account=${accountId}`, 200],
    [`example.com?account=${other}`, 403],
    [`example.com?account=${accountId}&account=${accountId}`, 422],
    [`example.com?account=${accountId}&account=${other}`, 422],
    [`example.com?account=`, 403],
    ['example.com%2f', 422],
    ['example.com%00', 422],
    [`x%2f..%2f${accountId}%2fexample.com`, 422],
    ['%ff', 400],
    ['a'.repeat(1000), 422],
    ['a'.repeat(1001), 400],
    ['%2e%2e', 404],
    ['..%2fonboardings%2fexample.com', 422],
    ['xn--a.com', 404],
    ['example.com/', 404],
  ];
  for (const [path, status] of cases) {
    const answer = await call(url, token, 'GET', `/onboardings/${path}`);
    expect({ path, status: answer.status }).toEqual({ path, status });
    if (status === 200) continue;
    expect((await call(url, token, 'DELETE', `/onboardings/${path}`)).status).toBe(status);
  }
  expect((await handle.describe()).status.name).toBe('RUNNING');
  await handle.terminate();
});

it('names that mean something to JavaScript are fields like others: there are none such', async () => {
  await using scene = await setUp();
  const { world, url, secret } = scene;
  const input = JSON.stringify(world.input()).slice(0, -1);
  for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    const body = `${input},"${name}":{"enablement":"automatic","admin":true}}`;
    expect(await post(url, linesOf(sign(body, { secret })), body)).toBe(422);
  }
  const polluting = `{"__proto__":${JSON.stringify(world.input())}}`;
  expect(await post(url, linesOf(sign(polluting, { secret })), polluting)).toBe(422);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(await countRuns(world.client)).toBe(0);
});

/** The media type is what `post` sends anyway. */
function linesOf(headers: Record<string, string>): string[] {
  const own = Object.entries(headers).filter(([name]) => name !== 'content-type');
  return own.map(([name, value]) => `${name}: ${value}`);
}

it('an event that an adapter chokes on is refused, and costs its sender alone', async () => {
  await using world = await createWorld();
  const secret = newSecret();
  const expressions = [
    'to_string(@)',
    'sort_by(@, &x)',
    '@[] | [][] | [][]',
    'contains(to_string(@), `"x"`)',
    '&x',
    '@ == a',
  ];
  const files = Object.fromEntries(
    expressions.map((emailDomain, index) => [`${index}.json`, { input: { accountId: 'a', emailDomain } }]),
  );
  for (const index of expressions.keys()) {
    await using trigger = await startTrigger(
      world.client,
      [
        {
          name: 'hr',
          webhookSecrets: [secret],
          accounts: [world.accountId],
          actions: ['onboard'],
          adapter: `${index}.json`,
        },
      ],
      files,
    );
    for (const body of ['['.repeat(20_000) + ']'.repeat(20_000), '{"a":'.repeat(8000) + '1' + '}'.repeat(8000)]) {
      const status = await post(trigger.url, linesOf(sign(body, { secret })), body);
      expect({ expression: expressions[index], status }).toEqual({ expression: expressions[index], status: 422 });
    }
  }
  expect(await countRuns(world.client)).toBe(0);
});

it('who cannot say who they are is told to wait sooner than those who can', async () => {
  await using scene = await setUp();
  const { url, token } = scene;
  const statuses: number[] = [];
  for (let time = 0; time < 61; time += 1)
    statuses.push((await call(url, 'a-guess', 'GET', '/onboardings/example.com')).status);
  expect(statuses.slice(0, 60).every((status) => status === 401)).toBe(true);
  expect(statuses.at(-1)).toBe(429);
  expect((await call(url, token, 'GET', '/onboardings/example.com')).status).toBe(404);
});

it('a Temporal server that says nothing is as good as none: every operation says when to try again', async () => {
  await using world = await createWorld();
  const secret = newSecret();
  const { token, bearerSha256 } = newToken();
  await using proxy = await startTcpProxy(world.environment['TEMPORAL_ADDRESS'] ?? '');
  const connection = await Connection.connect({ address: proxy.address });
  await using trigger = await startTrigger(new Client({ connection, namespace: world.client.options.namespace }), [
    { name: 'hr', webhookSecrets: [secret], accounts: [world.accountId], actions: ['onboard'] },
    { name: 'alice', bearerSha256, accounts: [world.accountId], actions: [...actions] },
  ]);
  proxy.freeze('everything');
  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
    await call(trigger.url, token, method, path, body);
  const answers = await Promise.all([
    sendSigned(trigger.url, world.input(), { secret }),
    ask('POST', '/onboardings', world.input()),
    ask('GET', '/onboardings/example.com'),
    ask('POST', '/onboardings/example.com/check-now'),
    ask('POST', '/onboardings/example.com/approval', { answer: 'approve', reason: 'planned' }),
    ask('POST', '/onboardings/example.com/confirmation', { reason: 'I am in' }),
    ask('DELETE', '/onboardings/example.com'),
  ]);
  for (const { status, headers, body } of answers) {
    expect(status).toBe(503);
    expect(body).toEqual({ type: 'about:blank', title: 'Not available now', status: 503 });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  await proxy.cut();
  await connection.close();
});
