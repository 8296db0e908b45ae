import { describe, expect, test } from 'vitest';

import type { AccountPatch } from '../../simulator/seeds.ts';
import { testToken } from '../support/onboarding-world.ts';
import { createWorkingWorld, diagnoseIn, textContaining } from './set-ups.ts';

function tokenOf(changes: object) {
  return { value: testToken, kind: 'user', status: 'active', ...changes } as const;
}

describe.concurrent('a Cloudflare account that is not ready', () => {
  const all = ['sso:write', 'dns:write', 'zone:read', 'access:read'] as const;
  const without = (...missing: string[]) => ({
    tokens: [tokenOf({ permissions: all.filter((permission) => !missing.includes(permission)) })],
  });

  test.each<[string, AccountPatch, string[]]>([
    ['an unknown token', { tokens: [] }, ['API token: it cannot be used: Cloudflare GET accounts']],
    [
      'an expired token',
      { tokens: [tokenOf({ expiresOn: '2020-01-01T00:00:00Z' })] },
      ['API token: Cloudflare reports the token as expired'],
    ],
    [
      'a disabled token',
      { tokens: [tokenOf({ status: 'disabled' })] },
      ['API token: Cloudflare reports the token as disabled'],
    ],
    [
      'a token that may not read Access',
      without('access:read'),
      ['Zero Trust organization: could not be read', 'give the API token the permission "Access: Organizations, Ide'],
    ],
    ['a token for no connectors', without('sso:write'), ['the permission "SSO Connector: Edit" on this account']],
    ['a token for no zones', without('zone:read'), ['zone at cloudflare: Cloudflare GET zones?']],
    ['a token for no records', without('dns:write'), ['TXT records at cloudflare: Cloudflare GET zones/']],
    ['no organization', { organization: null }, ['the account has no Zero Trust organization → create one']],
    ['no identity provider', { identityProviders: [] }, ['identity provider: the Zero Trust organization has no']],
  ])('%s', async (_name, patch, expected) => {
    await using world = await createWorkingWorld();
    world.simulator.account.patch(patch);
    const { ok, broken } = await diagnoseIn(world.environment);
    expect(ok).toBe(false);
    for (const text of expected) expect(broken).toContainEqual(textContaining(text));
    // One cause, one complaint.
    expect(broken).toHaveLength(1);
  });

  test('with a token that is refused, everything that needs one is skipped and not blamed', async () => {
    await using world = await createWorkingWorld();
    world.simulator.account.patch({ tokens: [] });
    const { skipped } = await diagnoseIn(world.environment);
    expect(skipped).toEqual([
      'Zero Trust organization',
      'identity provider',
      'SSO connectors',
      'connector of example.com',
      'DNS provider',
    ]);
  });

  test('a token that expires before a run must be over is ok, with advice', async () => {
    await using world = await createWorkingWorld();
    const expiresOn = new Date(Date.now() + 3_600_000).toISOString();
    world.simulator.account.patch({ tokens: [tokenOf({ expiresOn })] });
    const { ok, check } = await diagnoseIn(world.environment);
    expect(check('API token')).toMatchObject({ state: 'ok', next: textContaining('replace it in time') });
    expect(ok).toBe(true);
  });

  test('an API in trouble is not taken for a missing permission', async () => {
    await using world = await createWorkingWorld();
    const path = '/accounts/*/access/organizations';
    world.simulator.faults.add({ method: 'GET', path, times: 'forever', when: 'before', fault: { status: 503 } });
    const { broken } = await diagnoseIn(world.environment);
    expect(broken).toEqual([textContaining('cloudflarestatus.com')]);
    expect(broken[0]).not.toContain('permission');
  });

  test.each([
    ['no account', '', 'Cloudflare account: no account was given'],
    ['an account id that is none', 'acme', 'Cloudflare account: its id must be the 32 hexadecimal characters'],
  ])('%s', async (_name, accountId, text) => {
    await using world = await createWorkingWorld();
    const { broken } = await diagnoseIn({ ...world.environment, CLOUDFLARE_ACCOUNT_ID: accountId });
    expect(broken).toEqual([textContaining(text)]);
  });
});
