import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';

import { readWorkerConfig } from '../../src/config/worker.ts';
import { clientAt, patient, token } from './clients.ts';
import { errorOf, everyFormOf } from './errors.ts';
import { startScriptedServer, success } from './scripted-server.ts';

const get = { method: 'GET', path: 'things/one' } as const;
const anything = z.unknown();

describe('a token that cannot be sent', () => {
  test.each([
    ['is empty', ''],
    ['is whitespace', ' \n'],
    ['ends with a line break', `${token}\n`],
    ['holds a line break', `${token}\r\nx-other: ${token}`],
    ['holds a space', `${token} ${token}`],
    ['holds a tab', `${token}\t${token}`],
    ['holds a control character', `${token}\u0000`],
    ['holds a character that is not ASCII', `${token}é`],
  ])('because it %s ends the call before it is sent, and is not repeated', async (_, text) => {
    const peer = await startScriptedServer(success());
    const client = clientAt(peer, { readToken: async () => await Promise.resolve(text) });
    const error = await errorOf(client.call(get, anything, patient));
    expect(error).toMatchObject({ kind: 'no-token', method: 'GET', path: 'things/one', status: null, codes: [] });
    expect(error.message).toMatch(/^Cloudflare GET things\/one: there is no API token to send: it is empty, or holds/u);
    expect(everyFormOf(error)).not.toContain(token);
    expect(peer.seen).toEqual([]);
  });

  test.each<[string, Error, string]>([
    ['with a code', Object.assign(new Error(`no access to ${token}`), { code: 'EACCES' }), 'EACCES'],
    ['without a code', new Error(`no access to ${token}`), 'it could not be read'],
  ])('because reading it failed %s ends the call, and says no more than that', async (_, fault, reason) => {
    const peer = await startScriptedServer(success());
    const client = clientAt(peer, { readToken: async () => await Promise.reject(fault) });
    const error = await errorOf(client.call(get, anything, patient));
    expect(error).toMatchObject({ kind: 'no-token', messages: [`there is no API token to send: ${reason}`] });
    expect(everyFormOf(error)).not.toContain(token);
    expect(peer.seen).toEqual([]);
  });

  test('ends a list, too', async () => {
    const peer = await startScriptedServer(success([]));
    const client = clientAt(peer, { readToken: async () => await Promise.resolve('') });
    const error = await errorOf(client.listAll('things', { type: 'x' }, z.string(), patient));
    expect(error).toMatchObject({ kind: 'no-token', method: 'GET', path: 'things?type=x' });
  });
});

async function startWithFile() {
  const folder = await mkdtemp(join(tmpdir(), 'sso-token-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const file = join(folder, 'token');
  await writeFile(file, `${token}\n`);
  const { readToken } = readWorkerConfig({ CLOUDFLARE_API_TOKEN_FILE: file }).cloudflare;
  const peer = await startScriptedServer(success('done'));
  return { file, peer, client: clientAt(peer, { readToken }) };
}

describe('a token file that goes wrong while the worker runs', () => {
  test.each<[string, string, string]>([
    ['is emptied', '', 'it is empty, or holds'],
    ['has nothing left but a line break', '\n', 'it is empty, or holds'],
    ['gets a second line', `${token}\n${token}\n`, 'it is empty, or holds'],
  ])('ends a call without the token when it %s, until it is put right', async (_, text, reason) => {
    const { file, peer, client } = await startWithFile();
    await writeFile(file, text);
    const error = await errorOf(client.call(get, anything, patient));
    expect(error).toMatchObject({ kind: 'no-token', messages: [expect.stringContaining(reason)] });
    expect(everyFormOf(error)).not.toContain(token);
    await writeFile(file, 'rotated\n');
    expect(await client.call(get, anything, patient)).toBe('done');
    expect(peer.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer rotated']);
  });

  test('ends a call with the reason when it is gone', async () => {
    const { file, client } = await startWithFile();
    await rm(file);
    const error = await errorOf(client.call(get, anything, patient));
    expect(error).toMatchObject({ kind: 'no-token', messages: ['there is no API token to send: ENOENT'] });
  });
});

async function startWaiting() {
  const peer = await startScriptedServer(success());
  const controller = new AbortController();
  const asked = Promise.withResolvers<null>();
  const readToken = async (signal: AbortSignal) => {
    return await new Promise<string>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped')));
      asked.resolve(null);
    });
  };
  return { peer, controller, asked: asked.promise, client: clientAt(peer, { readToken }) };
}

describe('a token that is never read to its end', () => {
  test('ends the call as a timeout', async () => {
    const { peer, client } = await startWaiting();
    const error = await errorOf(client.call(get, anything, { ...patient, timeoutMilliseconds: 50 }));
    expect(error).toMatchObject({ kind: 'timeout', status: null, messages: ['no answer within 0.05 s'] });
    expect(peer.seen).toEqual([]);
  });

  test('ends the call as a timeout even where the read ignores its signal', async () => {
    const peer = await startScriptedServer(success());
    const never = new Promise<string>(() => {});
    const client = clientAt(peer, { readToken: async () => await never });
    const error = await errorOf(client.call(get, anything, { ...patient, timeoutMilliseconds: 50 }));
    expect(error).toMatchObject({ kind: 'timeout', status: null, messages: ['no answer within 0.05 s'] });
    expect(peer.seen).toEqual([]);
  });

  test("ends the call with the signal's own reason", async () => {
    const { peer, client, controller, asked } = await startWaiting();
    const reason = { what: 'cancelled by the caller' };
    const call = client.call(get, anything, { ...patient, signal: controller.signal });
    await Promise.all([expect(call).rejects.toBe(reason), asked.then(() => controller.abort(reason))]);
    expect(peer.seen).toEqual([]);
  });
});
