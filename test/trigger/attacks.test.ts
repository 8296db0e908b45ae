/** Requests that somebody puts together by hand. */
import { once } from 'node:events';
import { METHODS, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';

import { Client, Connection } from '@temporalio/client';
import { describe, expect, it } from 'vitest';

import { deliveryWorkflowType } from '../../src/contract/names/ids.ts';
import { operations } from '../../src/trigger/operations.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { createWorld } from '../support/onboarding-world.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { bearerOf, call, domainPath, newToken, senderOf, sendSigned, sign, startTrigger } from './running-trigger.ts';
import type { Method } from './running-trigger.ts';

const noRun = '00000000-0000-4000-8000-000000000000';

async function setUp() {
  const world = await createWorld();
  const secret = newSecret();
  const token = newToken();
  const trigger = await startTrigger(world.client, {
    senders: [senderOf(secret, [world.accountId])],
    bearers: [bearerOf(token, [world.accountId])],
  });
  return {
    world,
    url: trigger.url,
    secret,
    token: token.token,
    async [Symbol.asyncDispose]() {
      await trigger[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** Sends header lines as they are, which no HTTP client would do. Returns the status. */
async function post(url: string, lines: string[], body: string, path = '/v1/events/hr'): Promise<number> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk;
  });
  const common = ['host: x', 'connection: close', 'content-type: application/json'];
  const length = `content-length: ${Buffer.byteLength(body)}`;
  socket.write(`POST ${path} HTTP/1.1\r\n${[...common, length, ...lines].join('\r\n')}\r\n\r\n${body}`, 'latin1');
  await once(socket, 'close');
  return Number(/^HTTP\/1\.1 (\d{3})/u.exec(answer)?.[1]);
}

/** Any method, also those that `fetch` refuses. */
async function ask(url: string, method: string, headers: Record<string, string> = {}) {
  const sent = request(url, { method, headers: { connection: 'close', ...headers } });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return { status: response.statusCode, headers: response.headers };
}

/** The media type is what `post` sends anyway. */
function linesOf(headers: Record<string, string>): string[] {
  const own = Object.entries(headers).filter(([name]) => name !== 'content-type');
  return own.map(([name, value]) => `${name}: ${value}`);
}

/** The address of an operation, with values for its parameters. */
function addressOf(path: string, accountId: string): string {
  const values = { account: accountId, domain: 'example.com', runId: noRun, id: '0'.repeat(64), caller: 'hr' };
  return path.replaceAll(/\{(?<name>\w+)\}/gu, (_match, name: string) => String(Reflect.get(values, name)));
}

describe.concurrent('headers', () => {
  it('that come twice, or are not quite what was signed, authenticate nobody', async () => {
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
      ["only nobody's signature, twice", [id, at, wrong, wrong]],
      ['thousands of signatures', [id, at, `webhook-signature: ${'v1,x '.repeat(2500)}`]],
      ['an empty token beside a valid signature', ['authorization:', id, at, signature]],
      ['a valid token beside a valid signature', [bearer, id, at, signature]],
    ];
    for (const [name, lines] of cases) {
      expect({ name, status: await post(url, lines, body) }).toEqual({ name, status: 401 });
    }
    const tokens: [name: string, lines: string[]][] = [
      ["nobody's token before a valid one", ['authorization: Bearer x', bearer]],
      ['a token in another scheme', [`authorization: Token ${token}`]],
      ['a hash for a token', [`authorization: Bearer ${newToken().tokenSha256}`]],
      ['an empty token', ['authorization: Bearer ']],
      ['a valid signature', [id, at, signature]],
    ];
    const path = `${domainPath(world.accountId)}/onboarding`;
    for (const [name, lines] of tokens) {
      expect({ name, status: await post(url, lines, '{}', path) }).toEqual({ name, status: 401 });
    }
    expect(await countRuns(world.client)).toBe(0);

    // A sender that rotates its secret sends several signatures, one of which is valid.
    expect(await post(url, [id, at, wrong, signature], body)).toBe(202);
    expect(await post(url, [id, at, signature, wrong], body)).toBe(202);
    expect(await countRuns(world.client, deliveryWorkflowType)).toBe(1);
  });

  it('of a valid signature beside an address of another sender authenticate nobody', async () => {
    await using scene = await setUp();
    const { world, url, secret } = scene;
    const body = JSON.stringify(world.input());
    for (const path of [
      '/v1/events/hr2',
      '/v1/events/alice',
      '/v1/events/hr%00',
      '/v1/events/HR',
      '/v1/events/%68%72x',
    ]) {
      expect({ path, status: await post(url, linesOf(sign(body, { secret })), body, path) }).toEqual({
        path,
        status: 401,
      });
    }
    expect(await countRuns(world.client)).toBe(0);
  });
});

describe.concurrent('an event', () => {
  it('is one event of its sender alone, whatever its id is', async () => {
    await using world = await createWorld();
    // Were the ids of deliveries put together without care, these would be the same.
    const senders = ['hr', 'hr-1'].map((name) => senderOf(newSecret(), [world.accountId], { name }));
    await using trigger = await startTrigger(world.client, { senders });
    const ids = ['1/x', '../hr-1/x', 'x', '-1/x', '%2e%2e', "x'OR''='", '<b>', '{"$ref":1}', 'i'.repeat(255)];
    for (const outcome of ['accepted', 'duplicate']) {
      await Promise.all(
        senders.flatMap(({ name, webhookSecrets: [secret = ''] }) =>
          ids.map(async (id) => {
            const { status, body } = await sendSigned(trigger.url, world.input(), { secret, id }, name);
            expect({ name, id, status, body }).toMatchObject({ name, id, status: 202, body: { outcome } });
          }),
        ),
      );
    }
    expect(await countRuns(world.client, deliveryWorkflowType)).toBe(senders.length * ids.length);
    // The longest id that a server with an SQL database accepts.
    for await (const { workflowId } of world.client.workflow.list()) expect(workflowId.length).toBeLessThanOrEqual(255);
  });

  it('with a field whose name means something to JavaScript is refused like one with any unknown field', async () => {
    await using scene = await setUp();
    const { world, url, secret, token } = scene;
    const input = JSON.stringify(world.input()).slice(0, -1);
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      const field = `"${name}":{"enablement":"automatic","admin":true}}`;
      const body = `${input},${field}`;
      expect(await post(url, linesOf(sign(body, { secret })), body)).toBe(422);
      const bearer = [`authorization: Bearer ${token}`];
      expect(await post(url, bearer, `{${field}`, `${domainPath(world.accountId)}/onboarding`)).toBe(422);
    }
    const polluting = `{"__proto__":${JSON.stringify(world.input())}}`;
    expect(await post(url, linesOf(sign(polluting, { secret })), polluting)).toBe(422);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(await countRuns(world.client)).toBe(0);
  });

  it('that no adapter can evaluate is refused', async () => {
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
    for (const [index, expression] of expressions.entries()) {
      const hr = senderOf(secret, [world.accountId], { adapter: `${index}.json` });
      await using trigger = await startTrigger(world.client, { senders: [hr] }, files);
      for (const body of ['['.repeat(20_000) + ']'.repeat(20_000), '{"a":'.repeat(8000) + '1' + '}'.repeat(8000)]) {
        const status = await post(trigger.url, linesOf(sign(body, { secret })), body);
        expect({ expression, status }).toEqual({ expression, status: 422 });
      }
    }
    expect(await countRuns(world.client)).toBe(0);
  });
});

describe.concurrent('an address', () => {
  it('names one account, one domain and one run, or is refused', async () => {
    await using scene = await setUp();
    const { world, url, token } = scene;
    const handle = await world.start(world.input());
    const { accountId } = world;
    const runId = handle.firstExecutionRunId;
    const other = 'b'.repeat(32);
    const accounts = '/v1/accounts';
    const domains = `${accounts}/${accountId}/domains`;
    const cases: [path: string, status: number][] = [
      [`${domains}/EXAMPLE.com.`, 200],
      [`${accounts}/${other}/domains/example.com`, 403],
      [`${accounts}/${accountId.toUpperCase()}/domains/example.com`, 403],
      [`${accounts}/%20/domains/example.com`, 403],
      [`${accounts}/${accountId}%2fdomains/domains/example.com`, 403],
      [`${accounts}/__proto__/domains/example.com`, 403],
      [`${accounts}//domains/example.com`, 403],
      [`${domains}/example.com?account=${other}`, 422],
      [`${domains}/example.com%2f`, 422],
      [`${domains}/example.com%00`, 422],
      [`${domains}/x%2f..%2f${accountId}%2fexample.com`, 422],
      [`${domains}/%ff`, 400],
      [`${domains}/${'a'.repeat(1000)}`, 422],
      [`${domains}/${'a'.repeat(1001)}`, 400],
      [`${domains}/..%2f..%2f${other}%2fdomains%2fexample.com`, 422],
      [`${domains}/xn--a.com`, 404],
      [`${domains}/example.com/`, 404],
      [`${domains}/`, 422],
      [`${domains}/example.com/runs`, 404],
    ];
    for (const [path, status] of cases) {
      const answer = await call(url, token, 'GET', path);
      expect({ path, status: answer.status }).toEqual({ path, status });
      if (answer.status !== 200) expect(answer.body).toMatchObject({ type: 'about:blank', status });
    }
    const runs: [path: string, status: number][] = [
      [`${domains}/example.com/runs/${runId.toUpperCase()}`, 404],
      [`${domains}/example.com/runs/${runId}x`, 404],
      [`${domains}/example.com/runs/${noRun}`, 404],
      [`${domains}/example.com/runs/%00`, 404],
      [`${domains}/example.com/runs/..%2f${runId}`, 404],
      [`${domains}/example.com/runs/`, 404],
      [`${domains}/other.com/runs/${runId}`, 404],
      [`${domains}/gmail.com/runs/${runId}`, 422],
      [`${accounts}/${other}/domains/example.com/runs/${runId}`, 403],
    ];
    for (const [path, status] of runs) {
      expect({ path, status: (await call(url, token, 'GET', path)).status }).toEqual({ path, status });
      for (const [request, body] of [
        ['cancellation', undefined],
        ['check', undefined],
        ['approval', { decision: 'reject', reason: 'no' }],
        ['confirmation', { reason: 'no' }],
      ] as const) {
        const answer = await call(url, token, 'POST', `${path}/${request}`, body);
        expect({ path, request, status: answer.status }).toEqual({ path, request, status });
      }
    }
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  });

  it('accepts the methods of its operations, and answers 405 with them to every other', async () => {
    await using scene = await setUp();
    const { world, url, token } = scene;
    const paths = new Set(operations.map(({ path }) => path));
    for (const path of paths) {
      const allowed = operations
        .filter((operation) => operation.path === path)
        .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
      for (const method of METHODS.filter((candidate) => candidate !== 'CONNECT' && !allowed.includes(candidate))) {
        const { status, headers } = await ask(`${url}${addressOf(path, world.accountId)}`, method, {
          authorization: `Bearer ${token}`,
          'content-type': 'text/plain',
        });
        const answer = { status, allow: headers.allow, type: headers['content-type'] };
        const expected = { status: 405, allow: allowed.join(', '), type: 'application/problem+json; charset=utf-8' };
        expect({ path, method, answer }).toEqual({ path, method, answer: expected });
      }
    }
    const read = `${url}${domainPath(world.accountId)}`;
    expect((await ask(read, 'HEAD', { authorization: `Bearer ${token}` })).status).toBe(404);
    expect((await ask(read, 'HEAD')).status).toBe(401);
    expect((await ask(`${url}/v1`, 'DELETE')).status).toBe(404);
  });
});

it('limits callers that it cannot identify by their address, and no other', async () => {
  await using scene = await setUp();
  const { world, url, token } = scene;
  const path = domainPath(world.accountId);
  const statuses: number[] = [];
  for (let time = 0; time < 61; time += 1) statuses.push((await call(url, 'a-guess', 'GET', path)).status);
  expect(statuses.slice(0, 60).every((status) => status === 401)).toBe(true);
  expect(statuses.at(-1)).toBe(429);
  expect((await call(url, token, 'GET', path)).status).toBe(404);
});

it('every operation answers 503 and when to try again while the Temporal server is silent', async () => {
  await using world = await createWorld();
  const secret = newSecret();
  const token = newToken();
  await using proxy = await startTcpProxy(world.environment['TEMPORAL_ADDRESS'] ?? '');
  const connection = await Connection.connect({ address: proxy.address });
  await using trigger = await startTrigger(new Client({ connection, namespace: world.client.options.namespace }), {
    senders: [senderOf(secret, [world.accountId])],
    bearers: [bearerOf(token, [world.accountId])],
  });
  proxy.freeze('everything');
  const bodies: Record<string, unknown> = {
    startOnboarding: {},
    startOffboarding: {},
    answerApproval: { decision: 'approve', reason: 'planned' },
    confirmSignIn: { reason: 'I could sign in' },
    startBulk: { rows: [{ emailDomain: 'example.com' }] },
  };
  const answers = await Promise.all(
    operations
      .filter(({ access }) => access !== 'anybody')
      .map(async ({ id, method, path, access }) =>
        access === 'sender'
          ? await sendSigned(trigger.url, world.input(), { secret })
          : await call(trigger.url, token.token, method as Method, addressOf(path, world.accountId), bodies[id]),
      ),
  );
  expect(answers).toHaveLength(operations.length - 1);
  for (const { status, headers, body } of answers) {
    expect(status).toBe(503);
    expect(body).toEqual({ type: 'about:blank', title: 'Not available', status: 503 });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  await proxy.cut();
  await connection.close();
});
