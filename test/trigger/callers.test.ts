import { writeFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { parseCallers } from '../../src/trigger/callers.ts';
import { newSecret } from '../support/new-secret.ts';
import { newToken, writeCallers } from './trigger-world.ts';

const accounts = ['0123456789abcdef0123456789abcdef'];
const secret = newSecret();
const { bearerSha256 } = newToken();
const hr = { name: 'hr', webhookSecrets: [secret], accounts, actions: ['onboard'] };
const alice = { name: 'alice', bearerSha256, accounts, actions: ['read', 'approve'] };

it('reads both kinds of callers, and the adapters beside the file', async () => {
  const adapter = { input: { emailDomain: 'domain' } };
  await using file = await writeCallers([{ ...hr, adapter: 'a.json' }, alice], { 'a.json': adapter });
  const [sender, person] = parseCallers(file.path);
  expect(sender).toMatchObject({ name: 'hr', webhookSecrets: [secret], bearerSha256: null, requestsPerMinute: 120 });
  expect(sender?.adapter?.toInput({ domain: 'example.com' })).toEqual({ emailDomain: 'example.com' });
  expect(person).toMatchObject({ name: 'alice', webhookSecrets: [], adapter: null });
  expect(person?.bearerSha256?.toString('hex')).toBe(bearerSha256);
});

it.each([
  ['nobody', [], 'callers'],
  ['a name that cannot be part of an id', [{ ...hr, name: 'HR/1' }], 'callers.0.name must be lower-case'],
  [
    'neither secrets nor a token',
    [{ ...hr, webhookSecrets: undefined }],
    'needs either webhookSecrets or bearerSha256',
  ],
  ['both', [{ ...hr, bearerSha256 }], 'needs either webhookSecrets or bearerSha256'],
  ['a short secret', [{ ...hr, webhookSecrets: ['whsec_c2hvcnQ='] }], 'must be whsec_ and 24 to 64 bytes in base64'],
  ['a secret that is no base64', [{ ...hr, webhookSecrets: [`${secret}*`] }], 'must be whsec_'],
  ['a token instead of its hash', [{ ...alice, bearerSha256: 'a-token' }], "must be the token's SHA-256"],
  ['an account that is none', [{ ...hr, accounts: ['*'] }], 'callers.0.accounts.0 must be 32 hexadecimal'],
  ['an action there is not', [{ ...alice, actions: ['everything'] }], 'callers.0.actions.0'],
  [
    'a signer that wants what its path says',
    [{ ...hr, actions: ['onboard', 'cancel'] }],
    'the others need a bearer token',
  ],
  ['a field there is not', [{ ...hr, admin: true }], 'admin'],
  ['two of a name', [hr, { ...alice, name: 'hr' }], 'two callers have the same name'],
  ['two with a secret', [hr, { ...hr, name: 'it' }], 'two callers have the same secret or token'],
  ['two with a token', [alice, { ...alice, name: 'bob' }], 'two callers have the same secret or token'],
  ['an adapter that is not there', [{ ...hr, adapter: 'nowhere.json' }], 'nowhere.json'],
])('refuses %s, without repeating a secret', async (_name, callers, message) => {
  await using file = await writeCallers(callers);
  const error = await Promise.resolve()
    .then(() => parseCallers(file.path))
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain(secret);
});

it('says of a file that is no JSON only that', async () => {
  await using file = await writeCallers([hr]);
  await writeFile(file.path, `{"callers": [{"webhookSecrets": ["${secret}"`);
  expect(() => parseCallers(file.path)).toThrow(/callers\.json is not valid JSON$/u);
});
