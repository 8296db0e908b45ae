import { expect, test } from 'vitest';

import { cloudflareAt, patient, token } from './clients.ts';
import { errorOf } from './errors.ts';
import { page, startScriptedServer, success } from './scripted-server.ts';
import { startAccount } from './simulated-account.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const documented = {
  id: 'one',
  name: 'example.com',
  status: 'active',
  type: 'full',
  name_servers: ['ada.ns.cloudflare.test', 'bob.ns.cloudflare.test'],
};
const read = {
  id: 'one',
  name: 'example.com',
  status: 'active',
  type: 'full',
  nameServers: ['ada.ns.cloudflare.test', 'bob.ns.cloudflare.test'],
};

test('zones are asked for by their name and account, page by page', async () => {
  const peer = await startScriptedServer(page([documented], 2), page([{ ...documented, id: 'two' }], 2));
  const zones = await cloudflareAt(peer).zones.find(accountId, 'example.com', patient);
  expect(zones).toEqual([read, { ...read, id: 'two' }]);
  const query = `name=example.com&account.id=${accountId}`;
  expect(peer.seen).toMatchObject([
    { method: 'GET', url: `/client/v4/zones?${query}`, body: '', headers: { authorization: `Bearer ${token}` } },
    { method: 'GET', url: `/client/v4/zones?${query}&page=2` },
  ]);
});

test("a zone's name servers are also those that bear the customer's own names", async () => {
  const peer = await startScriptedServer(page([{ ...documented, vanity_name_servers: ['NS1.example.com'] }], 1));
  const zones = await cloudflareAt(peer).zones.find(accountId, 'example.com', patient);
  expect(zones).toEqual([{ ...read, nameServers: [...read.nameServers, 'ns1.example.com'] }]);
});

test('the zone of an account is found with its name servers', async () => {
  const account = await startAccount();
  const zones = await cloudflareAt(account).zones.find(accountId, 'example.com', patient);
  expect(zones).toEqual([{ ...read, id: account.account.zones.list()[0]?.id }]);
});

test.each([
  ['of another name', 'example.net'],
  ['above the name', 'team.example.com'],
])('a zone %s is not found', async (_, name) => {
  const account = await startAccount();
  expect(await cloudflareAt(account).zones.find(accountId, name, patient)).toEqual([]);
});

test('a zone of another account is not found, though the token can see it', async () => {
  const account = await startAccount();
  account.account.patch({ zones: [{ name: 'example.net', accountId: 'f'.repeat(32) }] });
  expect(await cloudflareAt(account).zones.find(accountId, 'example.net', patient)).toEqual([]);
});

test.each(['pending', 'initializing', 'moved'] as const)('a zone that is %s is found and says so', async (status) => {
  const account = await startAccount();
  account.account.patch({ zones: [{ name: 'example.com', status }] });
  const zones = await cloudflareAt(account).zones.find(accountId, 'example.com', patient);
  expect(zones).toMatchObject([{ name: 'example.com', status }]);
});

test('zones that the filter let slip through are left out', async () => {
  const peer = await startScriptedServer(success([{ ...documented, name: 'team.example.com' }, documented]));
  expect(await cloudflareAt(peer).zones.find(accountId, 'example.com', patient)).toEqual([read]);
});

test('names are compared and reported in lower case', async () => {
  const zone = {
    ...documented,
    name: 'Example.COM',
    name_servers: ['Ada.NS.Cloudflare.test', 'bob.ns.cloudflare.test'],
  };
  const peer = await startScriptedServer(success([zone]));
  expect(await cloudflareAt(peer).zones.find(accountId, 'example.com', patient)).toEqual([read]);
});

test('a zone with some fields missing is read with the others', async () => {
  const peer = await startScriptedServer(success([{ id: 'one', name: 'example.com', name_servers: null }]));
  expect(await cloudflareAt(peer).zones.find(accountId, 'example.com', patient)).toEqual([
    { id: 'one', name: 'example.com', status: 'unknown', type: 'full', nameServers: [] },
  ]);
});

test.each([
  ['id', { ...documented, id: undefined }],
  ['name', { ...documented, name: '' }],
])('a zone without its %s is malformed', async (field, zone) => {
  const peer = await startScriptedServer(success([zone]));
  const error = await errorOf(cloudflareAt(peer).zones.find(accountId, 'example.com', patient));
  expect(error.kind).toBe('malformed');
  expect(error.message).toContain(`result.0.${field}: `);
});

test('a token that may not read zones is refused', async () => {
  const account = await startAccount();
  account.account.patch({ tokens: [{ value: token, kind: 'user', status: 'active', permissions: ['sso:write'] }] });
  const error = await errorOf(cloudflareAt(account).zones.find(accountId, 'example.com', patient));
  expect(error).toMatchObject({ kind: 'refused', status: 403, codes: [10000] });
});
