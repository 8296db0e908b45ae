import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { failureTypes } from '../../../src/contract/names/failure-types.ts';
import { parseWorkflowId, searchAttributes, workflowIdFor } from '../../../src/contract/names/ids.ts';
import { phases } from '../../../src/contract/names/phases.ts';

const accountIds = fc.stringMatching(/^[0-9a-f]{32}$/u);

describe('a workflow id', () => {
  test('names the account and the e-mail domain', () => {
    expect(workflowIdFor('0123456789abcdef0123456789abcdef', 'example.com')).toBe(
      'sso/0123456789abcdef0123456789abcdef/example.com',
    );
  });

  test('leads back to the account and the domain it was made from', () => {
    fc.assert(
      fc.property(accountIds, fc.domain(), (accountId, emailDomain) => {
        expect(parseWorkflowId(workflowIdFor(accountId, emailDomain))).toEqual({ accountId, emailDomain });
      }),
    );
  });

  test('is different for different accounts and domains', () => {
    fc.assert(
      fc.property(accountIds, fc.domain(), accountIds, fc.domain(), (account, domain, otherAccount, otherDomain) => {
        fc.pre(account !== otherAccount || domain !== otherDomain);
        expect(workflowIdFor(account, domain)).not.toBe(workflowIdFor(otherAccount, otherDomain));
      }),
    );
  });

  test.each([
    ['an empty one', ''],
    ['the prefix alone', 'sso'],
    ['one without a domain', 'sso/0123456789abcdef0123456789abcdef'],
    ['one with an empty domain', 'sso/0123456789abcdef0123456789abcdef/'],
    ['one with an empty account', 'sso//example.com'],
    ['one with another prefix', 'dns/0123456789abcdef0123456789abcdef/example.com'],
    ['one with the prefix in capitals', 'SSO/0123456789abcdef0123456789abcdef/example.com'],
    ['one with something before the prefix', '/sso/0123456789abcdef0123456789abcdef/example.com'],
    ['one with something after the domain', 'sso/0123456789abcdef0123456789abcdef/example.com/undo'],
    ['a UUID', 'e7a1c1d2-6f1b-4c58-9e2d-7a41b8d06c35'],
  ])('that is foreign is recognised: %s', (_, workflowId) => {
    expect(parseWorkflowId(workflowId)).toBeNull();
  });

  test('is either foreign or exactly what it was parsed into', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('sso', '/', 'a', 'example.com', '')), (parts) => {
        const workflowId = parts.join('');
        const parsed = parseWorkflowId(workflowId);
        if (parsed !== null) expect(workflowIdFor(parsed.accountId, parsed.emailDomain)).toBe(workflowId);
      }),
    );
  });
});

test.each([
  ['failure types', failureTypes],
  ['phases', phases],
  ['search attributes', searchAttributes.map(({ name }) => name)],
])('no two %s have the same name', (_, names) => {
  expect(new Set(names).size).toBe(names.length);
});
