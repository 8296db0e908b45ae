import { describe, expect, test } from 'vitest';

import type { Problem } from '../../src/contract/schemas/parse.ts';
import { judgeAccount } from '../../src/decisions/prerequisites.ts';
import type { AccountFacts } from '../../src/decisions/prerequisites.ts';

const now = new Date('2026-03-01T09:00:00.000Z');
const activeToken = { status: 'active', expiresAt: null, notBefore: null };

const ready: AccountFacts = {
  token: activeToken,
  organization: { name: 'Example Ltd' },
  identityProviders: { names: ['Example Entra ID'] },
  connectors: 'readable',
};

function judge(changes: Partial<AccountFacts>): Problem[] {
  return judgeAccount({ ...ready, ...changes }, now);
}

describe('an account that is ready', () => {
  test.each<[string, Partial<AccountFacts>]>([
    ['has a token without an end, an organization and an identity provider', {}],
    ['may have a token that ends later', { token: { ...activeToken, expiresAt: '2026-03-01T09:00:01Z' } }],
    ['may have a token that begins at this moment', { token: { ...activeToken, notBefore: '2026-03-01T09:00:00Z' } }],
    ['may have several identity providers', { identityProviders: { names: ['Entra ID', 'One-time PIN'] } }],
  ])('%s', (_, changes) => {
    expect(judge(changes)).toEqual([]);
  });
});

describe('one thing that is wrong is one problem', () => {
  test.each<[string, Partial<AccountFacts>, { subject: string; problem: string; remedy: RegExp }]>([
    [
      'a disabled token',
      { token: { ...activeToken, status: 'disabled' } },
      { subject: 'API token', problem: 'Cloudflare reports the token as disabled', remedy: /create a new API token/u },
    ],
    [
      'a token that Cloudflare calls expired',
      { token: { status: 'expired', expiresAt: '2026-02-01T00:00:00Z', notBefore: null } },
      { subject: 'API token', problem: 'Cloudflare reports the token as expired', remedy: /create a new API token/u },
    ],
    [
      'a token whose end has come',
      { token: { ...activeToken, expiresAt: '2026-03-01T09:00:00Z' } },
      { subject: 'API token', problem: 'the token expires at 2026-03-01T09:00:00Z', remedy: /create a new API token/u },
    ],
    [
      'a token that is not valid yet',
      { token: { ...activeToken, notBefore: '2026-03-02T00:00:00Z' } },
      {
        subject: 'API token',
        problem: 'the token is not valid before 2026-03-02T00:00:00Z',
        remedy: /create a new API token/u,
      },
    ],
    [
      'no Zero Trust organization',
      { organization: { name: null } },
      {
        subject: 'Zero Trust organization',
        problem: 'the account has no Zero Trust organization',
        remedy: /create one in the Cloudflare dashboard/u,
      },
    ],
    [
      'no identity provider',
      { identityProviders: { names: [] } },
      {
        subject: 'identity provider',
        problem: 'the Zero Trust organization has no identity provider',
        remedy: /add one .* and test it/u,
      },
    ],
    [
      'neither an organization nor, for that reason, an identity provider',
      { organization: { name: null }, identityProviders: { names: [] } },
      {
        subject: 'Zero Trust organization',
        problem: 'the account has no Zero Trust organization',
        remedy: /create one/u,
      },
    ],
    [
      'no organization, so that the identity providers cannot be read',
      { organization: { name: null }, identityProviders: { unreadable: 'not enabled' } },
      {
        subject: 'Zero Trust organization',
        problem: 'the account has no Zero Trust organization',
        remedy: /create one/u,
      },
    ],
    [
      'a token that may not read Access',
      { organization: { unreadable: 'HTTP 403' }, identityProviders: { unreadable: 'HTTP 403' } },
      {
        subject: 'Zero Trust organization',
        problem: 'could not be read: HTTP 403',
        remedy: /"Access: Organizations, Identity Providers, and Groups Read"/u,
      },
    ],
    [
      'identity providers alone that cannot be read',
      { identityProviders: { unreadable: 'HTTP 403' } },
      {
        subject: 'identity provider',
        problem: 'could not be read: HTTP 403',
        remedy: /"Access: Organizations, Identity Providers, and Groups Read"/u,
      },
    ],
    [
      'a token that may not read SSO connectors',
      { connectors: { unreadable: 'HTTP 403' } },
      {
        subject: 'SSO connectors',
        problem: 'could not be read: HTTP 403',
        remedy: /"SSO Connector: Edit"/u,
      },
    ],
  ])('%s', (_, changes, { subject, problem, remedy }) => {
    const problems = judge(changes);
    expect(problems).toEqual([{ subject, problem, remedy: expect.stringMatching(remedy) as unknown }]);
  });
});

test('everything that is wrong is listed at once', () => {
  const problems = judge({
    token: { ...activeToken, status: 'disabled' },
    organization: { unreadable: 'HTTP 403' },
    identityProviders: { names: [] },
    connectors: { unreadable: 'HTTP 403' },
  });
  expect(problems.map(({ subject }) => subject)).toEqual([
    'API token',
    'Zero Trust organization',
    'identity provider',
    'SSO connectors',
  ]);
});
