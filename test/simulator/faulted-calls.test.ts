import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Fault } from '../../simulator/faults.ts';
import { defaultToken, type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { call, clientOf, send } from './clients.ts';

let simulator: Simulator;
let client: ReturnType<typeof clientOf>;
let count = 0;

beforeEach(async () => {
  simulator = await startSimulator();
  client = clientOf(simulator);
});
afterEach(async () => await simulator.close());

/** Makes the call that gets the fault, each time for another domain. */
const create = async (signal?: AbortSignal) => {
  count += 1;
  const body = { email_domain: `d${count}.test`, begin_verification: false };
  return await send(simulator, 'POST', client.connectors, { body, ...(signal === undefined ? {} : { signal }) });
};
const addFault = (fault: Fault, when: 'before' | 'after') =>
  simulator.faults.add({ method: 'POST', path: '/accounts/*/sso_connectors', when, fault });
const connectors = () => simulator.account.connectors.list();
const untilLogged = async () => await vi.waitFor(() => expect(simulator.log.list().at(-1)?.fault).toBeDefined());

describe.each([
  ['before', 0],
  ['after', 1],
] as const)('a fault %s the call takes effect', (when, effects) => {
  test.each<[string, Fault, { status: number; success?: boolean; codes?: number[]; retryAfter?: string }]>([
    ['500', { status: 500 }, { status: 500, success: false }],
    ['429 with Retry-After', { status: 429, retryAfter: 7 }, { status: 429, codes: [971], retryAfter: '7' }],
    ['429 without Retry-After', { status: 429 }, { status: 429, codes: [971] }],
    ['success:false', 'not-success', { status: 200, success: false }],
    ['401', 'unauthorised', { status: 401, codes: [10000] }],
  ])('the client receives %s', async (_case, fault, expected) => {
    addFault(fault, when);
    const response = await call(simulator, 'POST', client.connectors, { body: { email_domain: 'x.test' } });
    expect(response.status).toBe(expected.status);
    expect(response.body.success).toBe(expected.success ?? false);
    if (expected.codes !== undefined) expect(response.codes).toEqual(expected.codes);
    expect(response.headers.get('retry-after')).toBe(expected.retryAfter ?? null);
    expect(connectors()).toHaveLength(effects);
  });

  test('the client receives an HTML page from a gateway', async () => {
    addFault({ html: 502 }, when);
    const response = await create();
    expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
      status: 502,
      type: 'text/html; charset=UTF-8',
    });
    expect(await response.text()).toContain('<html>');
    expect(connectors()).toHaveLength(effects);
  });

  test('the client receives malformed JSON', async () => {
    addFault('malformed', when);
    await expect((await create()).json()).rejects.toThrow(SyntaxError);
    expect(connectors()).toHaveLength(effects);
  });

  test('the client’s connection is reset', async () => {
    addFault('reset', when);
    await expect(create()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(connectors()).toHaveLength(effects);
    expect(simulator.log.list().at(-1)).toMatchObject({
      status: null,
      answeredAt: null,
      fault: { fault: 'reset', when },
    });
  });

  test('the client receives nothing until it aborts', async () => {
    addFault('no-answer', when);
    const abort = new AbortController();
    const unanswered = create(abort.signal);
    await untilLogged();
    abort.abort();
    await expect(unanswered).rejects.toMatchObject({ name: 'AbortError' });
    expect(connectors()).toHaveLength(effects);
  });

  test('a held call gets its response once it is released', async () => {
    addFault('hold', when);
    const held = create();
    await untilLogged();
    expect(connectors()).toHaveLength(effects);
    expect(simulator.log.list().at(-1)).toMatchObject({ status: null });
    expect(simulator.faults.release()).toBe(1);
    expect((await held).status).toBe(200);
    expect(connectors()).toHaveLength(1);
    expect(simulator.log.list().at(-1)).toMatchObject({ status: 200 });
  });
});

test('a call that is held before its effect still takes effect after the client has disconnected', async () => {
  addFault('hold', 'before');
  const abort = new AbortController();
  const held = create(abort.signal);
  await untilLogged();
  abort.abort();
  await expect(held).rejects.toMatchObject({ name: 'AbortError' });
  expect(connectors()).toHaveLength(0);
  simulator.faults.release();
  await vi.waitFor(() => expect(connectors()).toHaveLength(1));
});

test('closing ends held and unanswered calls, and they take no effect', async () => {
  simulator.faults.add({ when: 'before', fault: 'hold' });
  simulator.faults.add({ when: 'before', fault: 'no-answer' });
  const calls = Promise.allSettled([create(), create()]);
  await vi.waitFor(() => expect(simulator.log.list()).toHaveLength(2));
  await simulator.close();
  expect((await calls).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(connectors()).toHaveLength(0);
});

test('a call that matches no rule gets its real response', async () => {
  addFault({ status: 500 }, 'before');
  expect((await send(simulator, 'GET', '/zones')).status).toBe(200);
});

test('the log has all calls in order, but no token', async () => {
  await create();
  await send(simulator, 'GET', '/zones?name=example.com&page=1');
  await send(simulator, 'POST', client.connectors, { text: '{"half' });
  const log = simulator.log.list();
  expect(log).toMatchObject([
    { n: 1, method: 'POST', path: client.connectors, requestBody: { begin_verification: false }, status: 200 },
    { n: 2, method: 'GET', path: '/zones', query: { name: 'example.com', page: '1' }, requestBody: null, status: 200 },
    { n: 3, method: 'POST', requestBody: '{"half', status: 400 },
  ]);
  expect(log.every(({ at, answeredAt }) => answeredAt !== null && at <= answeredAt)).toBe(true);
  expect(JSON.stringify(log)).not.toContain(defaultToken);
});
