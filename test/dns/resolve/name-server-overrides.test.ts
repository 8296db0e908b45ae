import { describe, expect, test } from 'vitest';

import {
  findOverride,
  parseNameServerOverrides,
  parseServers,
} from '../../../src/dns/resolve/name-server-overrides.ts';

describe('parseNameServerOverrides', () => {
  test.each(['', '  '])('overrides nothing when the text is empty', (text) => {
    expect(parseNameServerOverrides(text)).toEqual({ kind: 'none' });
  });

  test('reads servers for all domains', () => {
    expect(parseNameServerOverrides('192.0.2.1, 192.0.2.2:5353,[2001:db8::1]:54')).toEqual({
      kind: 'all',
      servers: [
        { address: '192.0.2.1', port: 53 },
        { address: '192.0.2.2', port: 5353 },
        { address: '2001:db8::1', port: 54 },
      ],
    });
  });

  test('reads servers zone by zone', () => {
    expect(parseNameServerOverrides('Example.com.=192.0.2.1,192.0.2.2:5353; example.test = 2001:db8::1')).toEqual({
      kind: 'by-zone',
      zones: [
        {
          zone: 'example.com',
          servers: [
            { address: '192.0.2.1', port: 53 },
            { address: '192.0.2.2', port: 5353 },
          ],
        },
        { zone: 'example.test', servers: [{ address: '2001:db8::1', port: 53 }] },
      ],
    });
  });

  test.each([
    ['192.0.2.1,ns1.example.com', '"ns1.example.com"'],
    ['192.0.2.1,', 'empty place'],
    ['192.0.2.1;192.0.2.2', '"192.0.2.1;192.0.2.2"'],
    ['example.com=192.0.2.1;192.0.2.2', '"192.0.2.2" is not of the form'],
    ['example.com=192.0.2.1;', 'is not of the form'],
    ['example.com=', 'empty place'],
    ['=192.0.2.1', 'not the name of a zone'],
    ['exam ple.com=192.0.2.1', '"exam ple.com"'],
    ['a..b=192.0.2.1', '"a..b"'],
    ['a=b=192.0.2.1', '"a=b=192.0.2.1"'],
    ['a.test=192.0.2.1;A.test.=192.0.2.2', '"a.test" is listed twice'],
  ])('refuses %s and names what is wrong', (text, wrong) => {
    expect(() => parseNameServerOverrides(text)).toThrow(wrong);
  });
});

describe('parseServers', () => {
  test('reads addresses in their order', () => {
    expect(parseServers('192.0.2.2:5353,192.0.2.1')).toEqual([
      { address: '192.0.2.2', port: 5353 },
      { address: '192.0.2.1', port: 53 },
    ]);
  });

  test.each(['', '192.0.2.1,,192.0.2.2', 'one.one.one.one'])('refuses %j', (text) => {
    expect(() => parseServers(text)).toThrow(Error);
  });
});

describe('findOverride', () => {
  const overrides = parseNameServerOverrides('test=192.0.2.1;example.test=192.0.2.2;ample.test=192.0.2.3');
  const addressesFor = (domain: string): string[] | undefined =>
    findOverride(overrides, domain)?.map(({ address }) => address);

  test('takes the longest zone that is the domain or an ancestor of it', () => {
    expect(addressesFor('example.test')).toEqual(['192.0.2.2']);
    expect(addressesFor('team.example.test')).toEqual(['192.0.2.2']);
    expect(addressesFor('other.test')).toEqual(['192.0.2.1']);
  });

  test('leaves a domain outside all zones to discovery', () => {
    expect(findOverride(overrides, 'example.com')).toBeNull();
    expect(findOverride({ kind: 'none' }, 'example.com')).toBeNull();
  });
});
