import { expect, test } from 'vitest';

import { describeTxtRecord } from '../../src/messages/txt-record.ts';

const value = 'cloudflare_dashboard_sso=abc';

test('a record for a person to paste has each field, and the line of a zone file', () => {
  expect(describeTxtRecord('example.com', value, null)).toBe(
    'type TXT, name example.com, value cloudflare_dashboard_sso=abc, TTL 300 ' +
      '(in a zone file: example.com. 300 IN TXT "cloudflare_dashboard_sso=abc")',
  );
});

test('it has the TTL of the values that are there, which is one for all of a name', () => {
  expect(describeTxtRecord('example.com', value, { seconds: 3600, because: 'old-values' })).toContain(' 3600 IN TXT ');
});

test('how long absence is cached is no TTL for it', () => {
  expect(describeTxtRecord('example.com', value, { seconds: 900, because: 'no-values' })).toContain(' 300 IN TXT ');
});

test('quotes and backslashes are escaped in the line of a zone file', () => {
  expect(describeTxtRecord('example.com', String.raw`a"b\c`, null)).toContain(String.raw`IN TXT "a\"b\\c"`);
});
