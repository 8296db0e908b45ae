import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { normaliseEmailDomain, readListedDomain } from '../../src/domains/email-domain.ts';

function normalFormOf(text: string): string {
  const result = normaliseEmailDomain(text);
  if (!result.ok) throw new Error(result.reason);
  return result.emailDomain;
}

function refusalOf(text: string): { reason: string; remedy: string } {
  const result = normaliseEmailDomain(text);
  if (result.ok) throw new Error(`${text} was accepted as ${result.emailDomain}`);
  return result;
}

describe('the normal form', () => {
  test.each([
    ['is lower-case', 'Example.COM', 'example.com'],
    ['drops one trailing dot', 'example.com.', 'example.com'],
    ['is punycode for an international name', 'bücher.example', 'xn--bcher-kva.example'],
    ['takes an ideographic full stop for a dot', 'example。com', 'example.com'],
    ['allows a name below an unlisted top-level domain', 'example.test', 'example.test'],
    ['allows a name below a domain', 'team.example.co.uk', 'team.example.co.uk'],
    ['allows a name below a private suffix', 'acme.github.io', 'acme.github.io'],
    ['allows academic names outside the top-level domain edu', 'example.edu.au', 'example.edu.au'],
    ['allows edu as a label of another name', 'edu.example.com', 'edu.example.com'],
    [
      'allows a name below a public mail provider, which Cloudflare does not document as refused',
      'mail.gmail.com',
      'mail.gmail.com',
    ],
    ['keeps a name that is punycode already', 'XN--bcher-kva.example', 'xn--bcher-kva.example'],
    ['allows labels of 63 characters', `${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])('%s', (_, text, expected) => {
    expect(normalFormOf(text)).toBe(expected);
  });

  test('allows 253 characters and refuses 254', () => {
    const longest = `${'a.'.repeat(123)}example`;
    expect(longest).toHaveLength(253);
    expect(normalFormOf(longest)).toBe(longest);
    expect(refusalOf(`b${longest}`).reason).toContain('254 characters');
  });
});

describe('a refusal', () => {
  test.each([
    ['an empty text', '', 'is empty'],
    ['whitespace alone', ' \t', 'is empty'],
    ['whitespace inside', 'exam ple.com', 'whitespace'],
    ['a line break, which a URL host parser drops', 'exam\nple.com', 'whitespace'],
    ['a percent escape, which a URL host parser decodes', 'ex%61mple.com', '"%"'],
    ['a fragment, which a URL host parser cuts off', 'example.test#x', '"#"'],
    ['a query, which a URL host parser cuts off', 'example.test?x', '"?"'],
    ['a backslash', 'example.com\\x', '"\\\\"'],
    ['a wildcard', '*.example.com', '"*"'],
    ['an address in hexadecimal', '0x7f.1', 'IP address'],
    ['an IPv4 address', '1.2.3.4', 'IP address'],
    ['an IPv4 address in full-width digits', '１.２.３.４', 'IP address'],
    ['an IPv6 address in brackets', '[::1]', 'IP address'],
    ['an IPv6 address', '2001:db8::1', 'IP address'],
    ['an empty label', 'a..b', 'empty label'],
    ['two trailing dots', 'example.com..', 'empty label'],
    ['a leading dot', '.example.com', 'empty label'],
    ['a leading hyphen', '-a.com', 'hyphen'],
    ['a trailing hyphen', 'a-.com', 'hyphen'],
    ['an underscore', 'a_b.com', 'letters, digits and hyphens'],
    ['a word that is no domain', 'not_a_domain', 'letters, digits and hyphens'],
    ['a label of 64 characters', `${'a'.repeat(64)}.com`, '64 characters'],
    ['a top-level domain', 'com', 'public suffix'],
    ['a single unlisted label', 'localhost', 'public suffix'],
    ['a public suffix of two labels', 'co.uk', 'public suffix'],
    ['a private public suffix', 'github.io', 'public suffix'],
    ['an international public suffix', '中国', 'public suffix'],
    ['a public mail provider', 'gmail.com', 'public mail provider'],
    ['a public mail provider in capitals', 'GMail.Com.', 'public mail provider'],
    ['the top-level domain edu', 'edu', 'public suffix'],
    ['a name below edu', 'example.edu', '.edu'],
    ['a name far below edu', 'cs.example.edu', '.edu'],
    ['a character that no host has', 'a<b.com', 'not a domain name'],
  ])('names what is wrong with %s', (_, text, wrong) => {
    expect(refusalOf(text).reason).toContain(wrong);
  });

  test.each([
    ['an e-mail address', 'joe@example.com'],
    ['an address with a name', 'Joe <joe@example.com>'],
    ['a mailto link', 'mailto:joe@example.com'],
    ['a URL', 'https://Example.com:8443/login?x=1'],
    ['a wildcard', '*.example.com'],
    ['whitespace around it', ' example.com\n'],
  ])('names the domain to enter when it is given %s', (_, text) => {
    expect(refusalOf(text).remedy).toBe('Enter example.com alone.');
  });

  test('does not advise a domain that would be refused in turn', () => {
    expect(refusalOf('joe@gmail.com').remedy).not.toContain('gmail.com');
  });

  test('quotes a long or unprintable text in a short, escaped form', () => {
    const { reason } = refusalOf(`\u0000${'a'.repeat(5000)}`);
    expect(reason).toContain('\\u0000');
    expect(reason.length).toBeLessThan(300);
  });
});

describe('for any text', () => {
  const label = fc.stringMatching(/^[a-z0-9-]{1,65}$/);
  const hostLike = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.'));
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.domain(),
    fc.emailAddress(),
    fc.webUrl(),
    fc.ipV4(),
    fc.ipV6(),
    hostLike,
    fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.domain()).map((parts) => parts.join('.')),
  );

  test('it never throws, and gives a normal form or two sentences', () => {
    fc.assert(
      fc.property(text, (input) => {
        const result = normaliseEmailDomain(input);
        if (result.ok) return;
        expect(result.reason).toMatch(/\.$/);
        expect(result.remedy).toMatch(/\.$/);
      }),
    );
  });

  test('a normal form has lower-case LDH labels of at most 63, and 253 characters in all', () => {
    fc.assert(
      fc.property(text, (input) => {
        const result = normaliseEmailDomain(input);
        fc.pre(result.ok);
        expect(result.emailDomain).toMatch(
          /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
        );
        expect(result.emailDomain.length).toBeLessThanOrEqual(253);
      }),
    );
  });

  test('a normal form is its own normal form, with a trailing dot and in capitals too', () => {
    fc.assert(
      fc.property(text, (input) => {
        const result = normaliseEmailDomain(input);
        fc.pre(result.ok);
        expect(normaliseEmailDomain(result.emailDomain)).toEqual(result);
        expect(normaliseEmailDomain(`${result.emailDomain.toUpperCase()}.`)).toEqual(result);
      }),
    );
  });
});

test.each([
  ['BÜCHER.example.', 'xn--bcher-kva.example'],
  ['gmail.com', null],
  ['', null],
])('a domain that Cloudflare lists as "%s" is %s to us', (listed, ours) => {
  expect(readListedDomain(listed)).toBe(ours);
});
