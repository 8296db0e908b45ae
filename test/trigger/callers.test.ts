import { writeFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { parseCallers } from '../../src/trigger/callers.ts';
import { newSecret } from '../support/new-secret.ts';
import { bearerOf, newToken, senderOf, writeCallers } from './running-trigger.ts';

const accounts = ['0123456789abcdef0123456789abcdef'];
const secret = newSecret();
const token = newToken();
const hr = senderOf(secret, accounts);
const alice = bearerOf(token, accounts, { actions: ['read', 'approve'] });

it('reads senders and bearers, and the adapters beside the file', async () => {
  const adapter = { input: { emailDomain: 'domain' } };
  await using file = await writeCallers(
    { senders: [{ ...hr, adapter: 'a.json' }], bearers: [alice] },
    { 'a.json': adapter },
  );
  const { senders, bearers } = parseCallers(file.path);
  expect(senders).toMatchObject([
    { name: 'hr', webhookSecrets: [secret], starts: 'onboarding', requestsPerMinute: 120 },
  ]);
  expect(senders[0]?.adapter?.toInput({ domain: 'example.com' })).toEqual({ emailDomain: 'example.com' });
  expect(bearers).toMatchObject([{ name: 'alice', actions: ['read', 'approve'], requestsPerMinute: 120 }]);
  expect(bearers[0]?.tokenSha256.toString('hex')).toBe(token.tokenSha256);
});

it('needs only one of the two lists', async () => {
  await using onlySenders = await writeCallers({ senders: [hr] });
  expect(parseCallers(onlySenders.path)).toMatchObject({ senders: [{ adapter: null }], bearers: [] });
  await using onlyBearers = await writeCallers({ bearers: [alice] });
  expect(parseCallers(onlyBearers.path)).toMatchObject({ senders: [], bearers: [{ name: 'alice' }] });
});

it.each([
  ['nobody', {}, 'needs a sender or a bearer'],
  ['a list of another name', { senders: [hr], callers: [] }, 'callers'],
  ['a name that cannot be part of an id', { senders: [{ ...hr, name: 'HR/1' }] }, 'senders.0.name must be lower-case'],
  ['a sender without secrets', { senders: [{ ...hr, webhookSecrets: [] }] }, 'senders.0.webhookSecrets'],
  ['a sender that does not say what its events start', { senders: [{ ...hr, starts: undefined }] }, 'senders.0.starts'],
  ['a sender that starts both', { senders: [{ ...hr, starts: 'both' }] }, 'senders.0.starts'],
  [
    'a sender with actions, which its signature does not cover',
    { senders: [{ ...hr, actions: ['cancel'] }] },
    'actions',
  ],
  ['a sender with a token', { senders: [{ ...hr, tokenSha256: token.tokenSha256 }] }, 'tokenSha256'],
  ['a bearer without a token', { bearers: [{ ...alice, tokenSha256: undefined }] }, 'bearers.0.tokenSha256'],
  ['a bearer with secrets', { bearers: [{ ...alice, webhookSecrets: [secret] }] }, 'webhookSecrets'],
  ['a bearer with an adapter', { bearers: [{ ...alice, adapter: 'a.json' }] }, 'adapter'],
  ['a short secret', { senders: [{ ...hr, webhookSecrets: ['whsec_c2hvcnQ='] }] }, 'must be whsec_ and 24 to 64 bytes'],
  ['a secret that is not base64', { senders: [{ ...hr, webhookSecrets: [`${secret}*`] }] }, 'must be whsec_'],
  ['a token instead of its hash', { bearers: [{ ...alice, tokenSha256: 'a-token' }] }, "must be the token's SHA-256"],
  ['an account that is none', { senders: [{ ...hr, accounts: ['*'] }] }, 'senders.0.accounts.0 must be 32 hexadecimal'],
  ['no account', { bearers: [{ ...alice, accounts: [] }] }, 'bearers.0.accounts'],
  ['an unknown action', { bearers: [{ ...alice, actions: ['everything'] }] }, 'bearers.0.actions.0'],
  ['an unknown field', { senders: [{ ...hr, admin: true }] }, 'admin'],
  ['two senders of a name', { senders: [hr, senderOf(newSecret(), accounts)] }, 'two callers have the same name'],
  ['a sender and a bearer of a name', { senders: [hr], bearers: [{ ...alice, name: 'hr' }] }, 'the same name'],
  ['two senders with a secret', { senders: [hr, { ...hr, name: 'it' }] }, 'two callers have the same secret'],
  ['two bearers with a token', { bearers: [alice, { ...alice, name: 'bob' }] }, 'two callers have the same token'],
  ['an adapter that does not exist', { senders: [{ ...hr, adapter: 'nowhere.json' }] }, 'nowhere.json'],
])('refuses %s, without repeating a secret', async (_name, callers, message) => {
  await using file = await writeCallers(callers);
  const error = await Promise.resolve()
    .then(() => parseCallers(file.path))
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain(secret);
});

it('says of a file that is not JSON only that', async () => {
  await using file = await writeCallers({ senders: [hr] });
  await writeFile(file.path, `{"senders": [{"webhookSecrets": ["${secret}"`);
  expect(() => parseCallers(file.path)).toThrow(/callers\.json is not valid JSON$/u);
});
