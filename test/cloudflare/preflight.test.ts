import { describe, expect, test } from 'vitest';

import type { AccountPatch } from '../../simulator/seeds.ts';
import { cloudflareAt, patient, token } from './clients.ts';
import { errorOf, everyFormOf } from './errors.ts';
import { page, refusal, startScriptedServer, success } from './scripted-server.ts';
import type { ScriptedAnswer } from './scripted-server.ts';
import { startAccount } from './simulated-account.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const userPath = '/user/tokens/verify';
const accountPath = `/accounts/${accountId}/tokens/verify`;

async function startPatched(patch: AccountPatch = {}) {
  const simulator = await startAccount();
  simulator.account.patch(patch);
  const paths = () => simulator.log.list().map(({ method, path }) => `${method} ${path}`);
  return { simulator, paths, preflight: cloudflareAt(simulator).preflight };
}

describe('the token', () => {
  test('of a user is verified in one call', async () => {
    const { preflight, paths } = await startPatched();
    expect(await preflight.verifyToken(accountId, patient)).toEqual({
      kind: 'user',
      status: 'active',
      expiresAt: null,
      notBefore: null,
    });
    expect(paths()).toEqual([`GET ${userPath}`]);
  });

  test("of an account is verified on the account's path after the user's has refused it", async () => {
    const { preflight, paths } = await startPatched({ tokens: [{ value: token, kind: 'account', status: 'active' }] });
    expect(await preflight.verifyToken(accountId, patient)).toMatchObject({ kind: 'account', status: 'active' });
    expect(paths()).toEqual([`GET ${userPath}`, `GET ${accountPath}`]);
  });

  test.each(['disabled', 'expired'] as const)('that is %s says so, which is no refusal', async (status) => {
    const { preflight } = await startPatched({ tokens: [{ value: token, kind: 'user', status }] });
    expect(await preflight.verifyToken(accountId, patient)).toMatchObject({ kind: 'user', status });
  });

  test('says from when until when it is valid', async () => {
    const result = {
      id: 'x',
      status: 'active',
      expires_on: '2027-01-01T00:00:00Z',
      not_before: '2026-01-01T00:00:00Z',
    };
    const peer = await startScriptedServer(success(result));
    expect(await cloudflareAt(peer).preflight.verifyToken(accountId, patient)).toEqual({
      kind: 'user',
      status: 'active',
      expiresAt: '2027-01-01T00:00:00Z',
      notBefore: '2026-01-01T00:00:00Z',
    });
    expect(peer.seen).toMatchObject([
      { method: 'GET', url: `/client/v4${userPath}`, headers: { authorization: `Bearer ${token}` } },
    ]);
  });

  test('that nobody knows is refused with the second answer', async () => {
    const { preflight, paths } = await startPatched({ tokens: [] });
    const error = await errorOf(preflight.verifyToken(accountId, patient));
    expect(error).toMatchObject({ kind: 'refused', status: 401, codes: [1000], path: accountPath.slice(1) });
    expect(paths()).toEqual([`GET ${userPath}`, `GET ${accountPath}`]);
    expect(everyFormOf(error)).not.toContain(token);
  });

  test.each([400, 401, 403])('gets a second chance after a %d', async (status) => {
    const peer = await startScriptedServer(refusal(status, { code: 1000 }), success({ status: 'active' }));
    expect(await cloudflareAt(peer).preflight.verifyToken(accountId, patient)).toMatchObject({ kind: 'account' });
  });

  test.each<[string, ScriptedAnswer]>([
    ['a server error', refusal(500, { code: 1100 })],
    ['throttling', refusal(429, { code: 971 })],
    ['a web page', { body: '<html></html>' }],
    ['a web page that forbids', { status: 403, body: '<html></html>' }],
    ['a success that says it is none', refusal(200, { code: 1100 })],
    ['a result without a status', success({})],
  ])('gets no second chance after %s, which says nothing about it', async (_, answer) => {
    const peer = await startScriptedServer(answer);
    const error = await errorOf(cloudflareAt(peer).preflight.verifyToken(accountId, patient));
    expect(error.path).toBe(userPath.slice(1));
    expect(peer.seen).toHaveLength(1);
  });
});

describe('the Zero Trust organization', () => {
  test('is known by its name', async () => {
    const { preflight, paths } = await startPatched();
    expect(await preflight.findOrganization(accountId, patient)).toBe('Example Ltd');
    expect(paths()).toEqual([`GET /accounts/${accountId}/access/organizations`]);
  });

  test('may be missing', async () => {
    const { preflight } = await startPatched({ organization: null });
    expect(await preflight.findOrganization(accountId, patient)).toBeNull();
  });

  test.each<[string, ScriptedAnswer, string | null]>([
    [
      'is known by its domain where it has no name',
      success({ auth_domain: 'x.cloudflareaccess.com' }),
      'x.cloudflareaccess.com',
    ],
    ['is missing where the result is null', success(null), null],
    ['is missing where Access is not enabled, whatever the status', refusal(400, { code: 9999 }), null],
    ['is missing where nothing is found', refusal(404, { code: 7003 }), null],
  ])('%s', async (_, answer, expected) => {
    const peer = await startScriptedServer(answer);
    expect(await cloudflareAt(peer).preflight.findOrganization(accountId, patient)).toBe(expected);
  });

  test('is not taken for missing when the token may not read it', async () => {
    const { preflight } = await startPatched({
      tokens: [{ value: token, kind: 'user', status: 'active', permissions: ['sso:write'] }],
    });
    const error = await errorOf(preflight.findOrganization(accountId, patient));
    expect(error).toMatchObject({ kind: 'refused', status: 403, codes: [10000] });
  });

  test('is not taken for missing when Cloudflare is in trouble', async () => {
    const { simulator, preflight } = await startPatched();
    simulator.faults.add({ when: 'before', fault: { html: 503 } });
    expect(await errorOf(preflight.findOrganization(accountId, patient))).toMatchObject({ status: 503 });
  });

  test.each<[string, ScriptedAnswer]>([
    ['a web page', { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>Not Found</html>' }],
    ['nothing at all', { status: 404 }],
  ])('is not taken for missing when a 404 comes with %s, which is not the word of the API', async (_, answer) => {
    const peer = await startScriptedServer(answer);
    const error = await errorOf(cloudflareAt(peer).preflight.findOrganization(accountId, patient));
    expect(error).toMatchObject({ kind: 'malformed', status: 404 });
  });
});

describe('the identity providers', () => {
  test('are listed to the last page', async () => {
    const identityProviders = Array.from({ length: 30 }, (_, index) => ({ name: `Provider ${index}`, type: 'saml' }));
    const { preflight, paths } = await startPatched({ identityProviders });
    expect(await preflight.listIdentityProviders(accountId, patient)).toEqual(identityProviders);
    expect(paths()).toHaveLength(2);
  });

  test('may be none', async () => {
    const { preflight } = await startPatched({ identityProviders: [] });
    expect(await preflight.listIdentityProviders(accountId, patient)).toEqual([]);
  });

  test('count even where they have neither name nor type', async () => {
    const peer = await startScriptedServer(page([{ id: 'x', name: null }], 1));
    expect(await cloudflareAt(peer).preflight.listIdentityProviders(accountId, patient)).toEqual([
      { name: '', type: '' },
    ]);
    expect(peer.seen).toMatchObject([
      { method: 'GET', url: `/client/v4/accounts/${accountId}/access/identity_providers` },
    ]);
  });

  test('cannot be read where there is no organization', async () => {
    const { preflight } = await startPatched({ organization: null });
    expect(await errorOf(preflight.listIdentityProviders(accountId, patient))).toMatchObject({ codes: [9999] });
  });
});

test('nothing that is read before the start writes', async () => {
  const { simulator, preflight } = await startPatched();
  await preflight.verifyToken(accountId, patient);
  await preflight.findOrganization(accountId, patient);
  await preflight.listIdentityProviders(accountId, patient);
  expect(new Set(simulator.log.list().map(({ method }) => method))).toEqual(new Set(['GET']));
});
