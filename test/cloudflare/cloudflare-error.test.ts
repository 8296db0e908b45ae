import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import type { Fault } from '../../simulator/faults.ts';
import type { CloudflareErrorFields } from '../../src/cloudflare/cloudflare-error.ts';
import { clientAt, patient, token } from './clients.ts';
import { errorOf, everyFormOf } from './errors.ts';
import { abandonedBaseUrl, refusal, startScriptedServer, success } from './scripted-server.ts';
import type { ScriptedAnswer } from './scripted-server.ts';
import { startAccount } from './simulated-account.ts';

const get = { method: 'GET', path: 'things/one' } as const;
const anything = z.unknown();

type Expected = Partial<CloudflareErrorFields>;

const refused = (status: number, ...codes: number[]): Expected => ({ kind: 'refused', status, codes });
const malformed = (status: number): Expected => ({ kind: 'malformed', status, codes: [] });
const unanswered: Expected = { kind: 'network', status: null, codes: [] };

describe('an unusable answer', () => {
  test.each<[string, Fault, Expected, RegExp]>([
    ['a success that says it is none', 'not-success', refused(200, 1100), /The request could not be completed/u],
    ['a refusal of the token', 'unauthorised', refused(401, 10000), /Authentication error/u],
    ['a server error in the envelope', { status: 500 }, refused(500, 1100), /The request could not be completed/u],
    [
      "a gateway's web page",
      { html: 502 },
      malformed(502),
      /not Cloudflare's JSON envelope \(text\/html.* characters\)/u,
    ],
    ['a web page that says that nothing is found', { html: 404 }, malformed(404), /HTTP 404.*text\/html/u],
    ['a web page that claims success', { html: 200 }, malformed(200), /text\/html/u],
    ['JSON that breaks off', 'malformed', malformed(200), /application\/json/u],
    [
      'a throttled call',
      { status: 429, retryAfter: 17 },
      { ...refused(429, 971), retryAfterSeconds: 17 },
      /consider throttling your request speed/u,
    ],
    [
      'a throttled call without Retry-After',
      { status: 429 },
      { ...refused(429, 971), retryAfterSeconds: null },
      /consider throttling your request speed/u,
    ],
    ['a connection that breaks', 'reset', { ...unanswered, cfRay: null, rateLimit: null }, /ECONNRESET/u],
  ])('is an error with its kind: %s', async (_, fault, expected, message) => {
    const account = await startAccount();
    account.faults.add({ when: 'before', fault });
    const error = await errorOf(clientAt(account).call({ ...get, query: { page: '1' } }, anything, patient));
    expect(error).toMatchObject({ name: 'CloudflareError', method: 'GET', path: 'things/one?page=1', ...expected });
    expect(error.message).toMatch(/^Cloudflare GET things\/one\?page=1: /u);
    expect(error.message).toMatch(message);
    expect(everyFormOf(error)).not.toContain(token);
  });

  test.each<[string, ScriptedAnswer, Expected, RegExp]>([
    ['nothing at all', { body: '' }, malformed(200), /envelope \(empty\)/u],
    ['a 204', { status: 204 }, malformed(204), /envelope \(empty\)/u],
    ['a 404 without a body', { status: 404 }, malformed(404), /envelope \(empty\)/u],
    ['JSON that is no envelope', { body: ['x'] }, malformed(200), /envelope/u],
    ['JSON null', { body: 'null' }, malformed(200), /envelope/u],
    ['an envelope whose success is a text', { body: { success: 'true', result: {} } }, malformed(200), /envelope/u],
    [
      "a gateway's web page that says when to come back",
      { status: 503, headers: { 'retry-after': '30' }, body: '<html></html>' },
      { ...malformed(503), retryAfterSeconds: 30 },
      /HTTP 503.*envelope/u,
    ],
    [
      'a refusal without a reason',
      refusal(200),
      refused(200),
      /HTTP 200, the answer is not a success and has no error$/u,
    ],
    [
      'a refusal whose errors are null',
      { status: 400, body: { success: false, errors: null } },
      refused(400),
      /HTTP 400, the answer is not a success and has no error$/u,
    ],
    [
      'a no whose errors have another shape',
      refusal(400, { code: 'E1', message: 7 }, { message: 'second' }),
      refused(400),
      /no message; second/u,
    ],
    [
      'a no whose causes have no messages, or another shape',
      refusal(400, { message: 'first', error_chain: [{ code: 6111 }] }, { message: 'second', error_chain: 'x' }),
      refused(400, 6111),
      /HTTP 400, first; second \(code 6111\)$/u,
    ],
    ['a success with an error status', { ...success('x'), status: 500 }, refused(500), /HTTP 500/u],
    [
      'a redirect that claims success',
      { ...success('x'), status: 302 },
      refused(302),
      /HTTP 302, the answer is not a success and has no error$/u,
    ],
    [
      'a connection that breaks in the middle of the body',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"success":', () => response.destroy());
      },
      unanswered,
      /^Cloudflare GET things\/one: ./u,
    ],
  ])('is an error with its kind: %s', async (_, answer, expected, message) => {
    const peer = await startScriptedServer(answer);
    const error = await errorOf(clientAt(peer).call(get, anything, patient));
    expect(error).toMatchObject({ method: 'GET', path: 'things/one', ...expected });
    expect(error.message).toMatch(message);
    expect(everyFormOf(error)).not.toContain(token);
  });

  test('is an error when no peer is there, which names the fault', async () => {
    const client = clientAt({ baseUrl: await abandonedBaseUrl() });
    const error = await errorOf(client.call(get, anything, patient));
    expect(error).toMatchObject({ kind: 'network', status: null, retryAfterSeconds: null, cfRay: null });
    expect(error.message).toContain('ECONNREFUSED');
    expect(everyFormOf(error)).not.toContain(token);
  });

  test('is an error that does not repeat a secret in the base URL', async () => {
    const { host } = new URL(await abandonedBaseUrl());
    const client = clientAt({ baseUrl: `http://somebody:${token}@${host}/client/v4` });
    const error = await errorOf(client.call(get, anything, patient));
    expect(error).toMatchObject({ kind: 'network', status: null, messages: ['the connection failed'] });
    expect(everyFormOf(error)).not.toContain(token);
  });

  test('is an error that names each field of the result that does not fit', async () => {
    const peer = await startScriptedServer(success({ id: 7, inner: {} }));
    const schema = z.object({ id: z.string(), inner: z.object({ name: z.string() }) });
    const error = await errorOf(clientAt(peer).call(get, schema, patient));
    expect(error).toMatchObject({ kind: 'malformed', status: 200 });
    expect(error.messages).toEqual([
      expect.stringMatching(/^result\.id: /u),
      expect.stringMatching(/^result\.inner\.name: /u),
    ]);
  });

  test('is an error with everything from the answer', async () => {
    const answer = refusal(
      400,
      {
        code: 971,
        message: 'Validation failed',
        documentation_url: 'https://developers.cloudflare.com/api/',
        source: { pointer: '/email_domain' },
        error_chain: [
          { code: 6111, message: 'the cause' },
          { code: 6112, message: 'what caused that' },
        ],
      },
      { code: 1004, message: 'And more' },
    );
    const peer = await startScriptedServer({
      ...answer,
      headers: { 'cf-ray': '8f2a-LHR', 'retry-after': '30', ratelimit: '"default";r=50;t=29' },
    });
    const error = await errorOf(clientAt(peer).call({ method: 'POST', path: 'things', body: {} }, anything, patient));
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'CloudflareError',
      kind: 'refused',
      method: 'POST',
      path: 'things',
      status: 400,
      codes: [971, 6111, 6112, 1004],
      messages: ['Validation failed at /email_domain: the cause: what caused that', 'And more'],
      documentationUrl: 'https://developers.cloudflare.com/api/',
      retryAfterSeconds: 30,
      cfRay: '8f2a-LHR',
      rateLimit: { remaining: 50, resetSeconds: 29 },
    });
    expect(error.message).toBe(
      'Cloudflare POST things: HTTP 400, Validation failed at /email_domain: the cause: what caused that; And more ' +
        '(code 971, 6111, 6112, 1004; cf-ray 8f2a-LHR; https://developers.cloudflare.com/api/)',
    );
    expect(everyFormOf(error)).not.toContain(token);
  });

  test('keeps its headers when its result does not fit', async () => {
    const headers = { 'cf-ray': '8f2a-LHR', ratelimit: '"default";r=1;t=2' };
    const peer = await startScriptedServer({ ...success(7), headers });
    const error = await errorOf(clientAt(peer).call(get, z.string(), patient));
    expect(error).toMatchObject({
      kind: 'malformed',
      status: 200,
      cfRay: '8f2a-LHR',
      rateLimit: { remaining: 1, resetSeconds: 2 },
    });
  });

  test('may say in a date when to come back', async () => {
    const answer = refusal(429, { code: 10100, message: 'Slow down' });
    const peer = await startScriptedServer(
      { ...answer, headers: { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' } },
      { ...answer, headers: { 'retry-after': 'Sat, 01 Jan 2000 00:00:00 GMT' } },
    );
    const client = clientAt(peer);
    expect((await errorOf(client.call(get, anything, patient))).retryAfterSeconds).toBe(86_400);
    expect((await errorOf(client.call(get, anything, patient))).retryAfterSeconds).toBe(0);
  });
});
