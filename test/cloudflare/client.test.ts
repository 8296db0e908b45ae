import diagnosticsChannel from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';

import { clientAt, patient, token } from './clients.ts';
import { errorOf, everyFormOf } from './errors.ts';
import { page, refusal, startScriptedServer, success } from './scripted-server.ts';
import type { ScriptedAnswer } from './scripted-server.ts';
import { startAccount } from './simulated-account.ts';

const get = { method: 'GET', path: 'things/one' } as const;
const anything = z.unknown();

/** Sends the head and the beginning of an answer, and nothing more. */
const stall: ScriptedAnswer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"success":true,');
};

/** Resolves once a client in this process has read the head of an answer. */
async function headRead(): Promise<void> {
  await new Promise<void>((resolve) => {
    const onHead = () => resolve();
    diagnosticsChannel.subscribe('undici:request:headers', onHead);
    onTestFinished(() => void diagnosticsChannel.unsubscribe('undici:request:headers', onHead));
  });
  await setImmediate();
}

describe('a call', () => {
  test('reaches the peer below the base URL, with the token, a query and a JSON body', async () => {
    const peer = await startScriptedServer(success('done'));
    const call = { method: 'PATCH', path: 'things/one', query: { 'account.id': 'a b', page: '2' }, body: { on: true } };
    expect(await clientAt(peer).call({ ...call, method: 'PATCH' }, z.string(), patient)).toBe('done');
    const [request] = peer.seen;
    expect(peer.seen).toHaveLength(1);
    expect(request).toMatchObject({
      method: 'PATCH',
      url: '/client/v4/things/one?account.id=a+b&page=2',
      body: '{"on":true}',
    });
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'content-type': 'application/json',
    });
  });

  test.each(['GET', 'POST', 'PATCH', 'DELETE'] as const)(
    'sends a %s without a body when it has none',
    async (method) => {
      const peer = await startScriptedServer(success());
      await clientAt(peer).call({ method, path: 'things' }, anything, patient);
      expect(peer.seen).toMatchObject([{ method, url: '/client/v4/things', body: '' }]);
      expect(peer.seen[0]?.headers).not.toHaveProperty('content-type');
    },
  );

  test('asks for the token each time, so that a rotated one is used at once', async () => {
    const peer = await startScriptedServer(success(), success());
    const tokens = ['first', 'second'];
    const client = clientAt(peer, { readToken: async () => await Promise.resolve(tokens.shift() ?? '') });
    await client.call(get, anything, patient);
    await client.call(get, anything, patient);
    expect(peer.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  test('is sent once, however it goes wrong: trying again is for others to decide', async () => {
    const account = await startAccount();
    account.faults.add({ when: 'before', times: 'forever', fault: { status: 503 } });
    await errorOf(clientAt(account).call(get, anything, patient));
    expect(account.log.list()).toHaveLength(1);
  });

  test.each<[string, { body?: unknown }, object]>([
    ['that is empty', {}, { kind: 'malformed', status: 302 }],
    [
      'that claims success',
      { body: success('done').body },
      { kind: 'refused', status: 302, messages: ['the answer is not a success and has no error'] },
    ],
  ])('follows no redirect %s, so that the token goes nowhere else', async (_, body, expected) => {
    const elsewhere = await startScriptedServer(success());
    const location = `${elsewhere.baseUrl}/things/one`;
    const peer = await startScriptedServer({ status: 302, headers: { location }, ...body });
    expect(await errorOf(clientAt(peer).call(get, anything, patient))).toMatchObject(expected);
    expect(elsewhere.seen).toEqual([]);
  });
});

describe('a peer that does not answer', () => {
  test('ends the call as a timeout', async () => {
    const account = await startAccount();
    account.faults.add({ when: 'before', fault: 'no-answer' });
    const call = clientAt(account).call(get, anything, { ...patient, timeoutMilliseconds: 50 });
    const error = await errorOf(call);
    expect(error).toMatchObject({ kind: 'timeout', status: null, messages: ['no answer within 0.05 s'] });
    expect(error.message).toBe('Cloudflare GET things/one: no answer within 0.05 s');
    expect(everyFormOf(error)).not.toContain(token);
  });

  test('ends the call as a timeout in the middle of the body, too', async () => {
    const peer = await startScriptedServer(stall);
    const error = await errorOf(clientAt(peer).call(get, anything, { ...patient, timeoutMilliseconds: 300 }));
    expect(error).toMatchObject({ kind: 'timeout', status: null });
    expect(everyFormOf(error)).not.toContain(token);
  });
});

describe('an aborted signal', () => {
  const reason = { what: 'cancelled by the caller' };

  test('ends a call before it is sent, with its own reason', async () => {
    const account = await startAccount();
    const signal = AbortSignal.abort(reason);
    await expect(clientAt(account).call(get, anything, { ...patient, signal })).rejects.toBe(reason);
    expect(account.log.list()).toEqual([]);
  });

  test('ends a call that waits for its answer, with its own reason', async () => {
    const account = await startAccount();
    account.faults.add({ when: 'before', fault: 'hold' });
    const controller = new AbortController();
    const call = clientAt(account).call(get, anything, { ...patient, signal: controller.signal });
    await Promise.all([
      expect(call).rejects.toBe(reason),
      vi.waitFor(() => expect(account.log.list()).toHaveLength(1)).then(() => controller.abort(reason)),
    ]);
  });

  test('ends a call in the middle of the body, with its own reason', async () => {
    const peer = await startScriptedServer(stall);
    const controller = new AbortController();
    const head = headRead();
    const call = clientAt(peer).call(get, anything, { ...patient, signal: controller.signal });
    await Promise.all([expect(call).rejects.toBe(reason), head.then(() => controller.abort(reason))]);
  });

  test('ends a list between two pages, with its own reason', async () => {
    const controller = new AbortController();
    const peer = await startScriptedServer((response) => {
      controller.abort(reason);
      response.end(JSON.stringify(page(['a'], 2).body));
    });
    const list = clientAt(peer).listAll('things', {}, z.string(), { ...patient, signal: controller.signal });
    await expect(list).rejects.toBe(reason);
    expect(peer.seen).toHaveLength(1);
  });
});

describe('a list', () => {
  test('reads all pages with the same query and joins them in order', async () => {
    const peer = await startScriptedServer(page(['a', 'b'], 3), page(['c'], 3), page(['d'], 3));
    const items = await clientAt(peer).listAll('things', { type: 'x', per_page: '2' }, z.string(), patient);
    expect(items).toEqual(['a', 'b', 'c', 'd']);
    expect(peer.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /client/v4/things?type=x&per_page=2',
      'GET /client/v4/things?type=x&per_page=2&page=2',
      'GET /client/v4/things?type=x&per_page=2&page=3',
    ]);
  });

  test('counts its pages from the number of items where it does not say how many pages there are', async () => {
    const info = { per_page: 2, total_count: 5 };
    const peer = await startScriptedServer(
      success(['a', 'b'], { result_info: { ...info, page: 1 } }),
      success(['c', 'd'], { result_info: { ...info, page: 2 } }),
      success(['e'], { result_info: { ...info, page: 3 } }),
    );
    expect(await clientAt(peer).listAll('things', {}, z.string(), patient)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(peer.seen.map(({ url }) => url)).toEqual([
      '/client/v4/things',
      '/client/v4/things?page=2',
      '/client/v4/things?page=3',
    ]);
  });

  test.each<[string, ScriptedAnswer]>([
    ['without result_info', success(['a'])],
    ['whose result_info is null', success(['a'], { result_info: null })],
    ['whose result_info has no number of pages', success(['a'], { result_info: { count: 1 } })],
    ['whose number of pages is a text', success(['a'], { result_info: { total_pages: '2' } })],
    ['of no pages', success(['a'], { result_info: { total_pages: 0 } })],
    [
      'that says so, whatever its number of items',
      success(['a'], { result_info: { total_pages: 1, total_count: 9, per_page: 1 } }),
    ],
    ['whose items all fit', success(['a'], { result_info: { total_count: 2, per_page: 2 } })],
    ['of an unknown number of items', success(['a'], { result_info: { per_page: 1 } })],
    ['of pages of an unknown size', success(['a'], { result_info: { total_count: 9 } })],
    ['of pages without size', success(['a'], { result_info: { total_count: 9, per_page: 0 } })],
    ['whose number of items is a text', success(['a'], { result_info: { total_count: '9', per_page: 1 } })],
  ])('%s is one page', async (_, answer) => {
    const peer = await startScriptedServer(answer);
    expect(await clientAt(peer).listAll('things', {}, z.string(), patient)).toEqual(['a']);
    expect(peer.seen).toHaveLength(1);
  });

  test.each<[string, ScriptedAnswer]>([
    ['null', success(null)],
    ['missing', success()],
    ['empty', success([])],
  ])('whose result is %s has nothing in it', async (_, answer) => {
    const peer = await startScriptedServer(answer);
    expect(await clientAt(peer).listAll('things', {}, z.string(), patient)).toEqual([]);
  });

  test('fails as a whole when a later page does', async () => {
    const peer = await startScriptedServer(page(['a'], 2), refusal(500, { code: 1100, message: 'no' }));
    const error = await errorOf(clientAt(peer).listAll('things', {}, z.string(), patient));
    expect(error).toMatchObject({ kind: 'refused', status: 500, path: 'things?page=2' });
  });

  test('names the place of an item that does not fit', async () => {
    const peer = await startScriptedServer(page(['a'], 2), page(['b', 7], 2));
    const error = await errorOf(clientAt(peer).listAll('things', {}, z.string(), patient));
    expect(error).toMatchObject({ kind: 'malformed', path: 'things?page=2' });
    expect(error.messages).toEqual([expect.stringMatching(/^result\.1: /u)]);
  });

  test('without a query is named by its path alone', async () => {
    const peer = await startScriptedServer(refusal(500, { code: 1100, message: 'no' }));
    const error = await errorOf(clientAt(peer).listAll('things', {}, z.string(), patient));
    expect(error.path).toBe('things');
    expect(error.message).toMatch(/^Cloudflare GET things: /u);
  });

  test('is malformed when its result is no array', async () => {
    const peer = await startScriptedServer(success({ items: [] }));
    const error = await errorOf(clientAt(peer).listAll('things', {}, z.string(), patient));
    expect(error).toMatchObject({ kind: 'malformed', messages: [expect.stringMatching(/^result: /u)] });
  });
});
