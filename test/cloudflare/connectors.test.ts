import { describe, expect, test } from 'vitest';

import type { Cloudflare } from '../../src/cloudflare/cloudflare.ts';
import { cloudflareAt, patient, token } from './clients.ts';
import { errorOf } from './errors.ts';
import { page, startScriptedServer, success } from './scripted-server.ts';
import { startAccount } from './simulated-account.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const collection = `/client/v4/accounts/${accountId}/sso_connectors`;
const isOurs = (emailDomain: string) => emailDomain === 'example.com';
const wanted = { emailDomain: 'example.com', beginVerification: false, useFedrampLanguage: undefined };

/** A connector as Cloudflare documents it. */
const documented = {
  id: 'one',
  created_on: '2026-03-01T09:00:00.000000Z',
  updated_on: '2026-03-01T09:00:00.000000Z',
  email_domain: 'example.com',
  enabled: false,
  use_fedramp_language: true,
  verification: { code: 'cloudflare_dashboard_sso=abc', status: 'awaiting' },
};
const read = {
  id: 'one',
  emailDomain: 'example.com',
  enabled: false,
  useFedrampLanguage: true,
  verificationCode: 'cloudflare_dashboard_sso=abc',
  verificationStatus: 'awaiting',
  createdAt: '2026-03-01T09:00:00.000000Z',
};

describe('on the wire', () => {
  type Call = (connectors: Cloudflare['connectors']) => Promise<unknown>;

  test.each<[string, Call, string, string, unknown]>([
    [
      'create sends the domain and when to begin',
      async (connectors) => await connectors.create(accountId, wanted, patient),
      'POST',
      collection,
      { email_domain: 'example.com', begin_verification: false },
    ],
    [
      'create sends the language where one was asked for',
      async (connectors) =>
        await connectors.create(accountId, { ...wanted, beginVerification: true, useFedrampLanguage: false }, patient),
      'POST',
      collection,
      { email_domain: 'example.com', begin_verification: true, use_fedramp_language: false },
    ],
    [
      'get asks for one',
      async (connectors) => await connectors.get(accountId, 'one', patient),
      'GET',
      `${collection}/one`,
      null,
    ],
    [
      'update sends the change alone',
      async (connectors) => await connectors.update(accountId, 'one', { enabled: true }, patient),
      'PATCH',
      `${collection}/one`,
      { enabled: true },
    ],
    [
      'beginVerification sends no body',
      async (connectors) => await connectors.beginVerification(accountId, 'one', patient),
      'POST',
      `${collection}/one/begin_verification`,
      null,
    ],
    [
      'delete sends no body',
      async (connectors) => await connectors.delete(accountId, 'one', patient),
      'DELETE',
      `${collection}/one`,
      null,
    ],
  ])('%s', async (_, call, method, url, body) => {
    const peer = await startScriptedServer(success(documented));
    await call(cloudflareAt(peer).connectors);
    expect(peer.seen).toMatchObject([{ method, url, headers: { authorization: `Bearer ${token}` } }]);
    expect(peer.seen[0]?.body).toBe(body === null ? '' : JSON.stringify(body));
  });

  test('list asks for all pages', async () => {
    const other = { ...documented, id: 'two', email_domain: 'example.net' };
    const peer = await startScriptedServer(page([other], 2), page([documented], 2));
    expect(await cloudflareAt(peer).connectors.list(accountId, isOurs, patient)).toEqual([read]);
    expect(peer.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${collection}`,
      `GET ${collection}?page=2`,
    ]);
  });
});

describe('in an account', () => {
  test('a connector is created without its verification begun, and can be read back', async () => {
    const account = await startAccount();
    const { connectors } = cloudflareAt(account);
    const created = await connectors.create(accountId, wanted, patient);
    expect(created).toMatchObject({ emailDomain: 'example.com', enabled: false, verificationStatus: 'awaiting' });
    expect(created.verificationCode).toMatch(/^cloudflare_dashboard_sso=/u);
    expect(await connectors.get(accountId, created.id, patient)).toEqual(created);
    expect(await connectors.list(accountId, isOurs, patient)).toEqual([created]);
    expect(await connectors.list(accountId, () => false, patient)).toEqual([]);
  });

  test('verification begins although the answer has no result', async () => {
    const account = await startAccount();
    const { connectors } = cloudflareAt(account);
    const { id } = await connectors.create(accountId, wanted, patient);
    await connectors.beginVerification(accountId, id, patient);
    expect(await connectors.get(accountId, id, patient)).toMatchObject({ verificationStatus: 'pending' });
  });

  test('a verified connector is enabled, disabled and deleted', async () => {
    const account = await startAccount();
    const { connectors } = cloudflareAt(account);
    const { id } = await connectors.create(accountId, wanted, patient);
    account.account.connectors.change(id, { status: 'verified' });
    expect(await connectors.update(accountId, id, { enabled: true }, patient)).toMatchObject({ enabled: true });
    const refused = await errorOf(connectors.delete(accountId, id, patient));
    expect(refused).toMatchObject({ kind: 'refused', status: 409, method: 'DELETE' });
    expect(await connectors.update(accountId, id, { enabled: false }, patient)).toMatchObject({ enabled: false });
    await connectors.delete(accountId, id, patient);
    expect(account.account.connectors.list()).toEqual([]);
  });

  test('a connector that is not there is a 404', async () => {
    const account = await startAccount();
    const { connectors } = cloudflareAt(account);
    const gone = 'f'.repeat(32);
    const calls = [
      connectors.get(accountId, gone, patient),
      connectors.update(accountId, gone, { enabled: true }, patient),
      connectors.beginVerification(accountId, gone, patient),
      connectors.delete(accountId, gone, patient),
    ];
    for (const error of await Promise.all(calls.map(async (call) => await errorOf(call)))) {
      expect(error).toMatchObject({ kind: 'refused', status: 404 });
    }
  });
});

describe('an answer in another shape', () => {
  test.each<[string, unknown, object]>([
    ['is read from an array of one, as one documented sample has it', [documented], read],
    ['may leave the language out', { ...documented, use_fedramp_language: undefined }, { useFedrampLanguage: false }],
    ['may leave the time of creation out', { ...documented, created_on: null }, { createdAt: null }],
    ['may have fields that nobody knows yet', { ...documented, colour: 'blue' }, read],
  ])('%s', async (_, result, expected) => {
    const peer = await startScriptedServer(success(result));
    expect(await cloudflareAt(peer).connectors.get(accountId, 'one', patient)).toMatchObject(expected);
  });

  test.each<[string, unknown, RegExp]>([
    ['no result', undefined, /^result: /u],
    ['an empty array', [], /^result: /u],
    ['two connectors where one was asked for', [documented, documented], /^result: /u],
    ['no id', { ...documented, id: undefined }, /^result\.id: /u],
    ['an empty id', { ...documented, id: '' }, /^result\.id: /u],
    ['no domain', { ...documented, email_domain: null }, /^result\.email_domain: /u],
    ['nothing on whether it is enabled', { ...documented, enabled: undefined }, /^result\.enabled: /u],
    ['no verification', { ...documented, verification: undefined }, /^result\.verification: /u],
    ['no code', { ...documented, verification: { status: 'pending' } }, /^result\.verification\.code: /u],
    [
      'an unknown status',
      { ...documented, verification: { code: 'x', status: 'paused' } },
      /^result\.verification\.status: /u,
    ],
  ])('is malformed with %s, and names the field', async (_, result, message) => {
    const peer = await startScriptedServer(success(result));
    const error = await errorOf(cloudflareAt(peer).connectors.get(accountId, 'one', patient));
    expect(error).toMatchObject({ kind: 'malformed', status: 200, path: `accounts/${accountId}/sso_connectors/one` });
    expect(error.messages).toEqual([expect.stringMatching(message)]);
  });

  test('is ignored in a list when it is for another domain', async () => {
    const malformed = [null, 7, [], {}, { email_domain: 7 }, { email_domain: 'example.net', enabled: 'perhaps' }];
    const peer = await startScriptedServer(success([...malformed, documented]));
    expect(await cloudflareAt(peer).connectors.list(accountId, isOurs, patient)).toEqual([read]);
  });

  test.each<[string, object, RegExp[]]>([
    ['no verification', { verification: null }, [/^result\.1\.verification: ./u]],
    [
      'an unknown status',
      { verification: { code: 'x', status: 'paused' } },
      [/^result\.1\.verification\.status: .*"awaiting"/u],
    ],
    ['two wrong fields', { id: '', enabled: 'perhaps' }, [/^result\.1\.id: ./u, /^result\.1\.enabled: .*boolean/u]],
  ])(
    'is malformed in a list with %s when its domain is asked about, and names the field',
    async (_, wrong, messages) => {
      const other = { email_domain: 'example.net' };
      const peer = await startScriptedServer(success([other, { ...documented, ...wrong }]));
      const error = await errorOf(cloudflareAt(peer).connectors.list(accountId, isOurs, patient));
      expect(error).toMatchObject({ kind: 'malformed', status: 200 });
      expect(error.messages).toEqual(messages.map((message) => expect.stringMatching(message) as unknown));
    },
  );

  test('is judged by the caller on whose domain it is', async () => {
    const other = { ...documented, id: 'two', email_domain: 'EXAMPLE.com.' };
    const peer = await startScriptedServer(success([other, documented]));
    const asked: string[] = [];
    const isWanted = (emailDomain: string) => {
      asked.push(emailDomain);
      return emailDomain.startsWith('EXAMPLE');
    };
    expect(await cloudflareAt(peer).connectors.list(accountId, isWanted, patient)).toMatchObject([{ id: 'two' }]);
    expect(asked).toEqual(['EXAMPLE.com.', 'example.com']);
  });
});
