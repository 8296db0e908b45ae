import { describe, expect, test } from 'vitest';

import { formatSocketAddress, parseSocketAddress } from '../../../src/dns/wire/socket-address.ts';

describe('parseSocketAddress', () => {
  test.each([
    ['192.0.2.1', { address: '192.0.2.1', port: 53 }],
    ['192.0.2.1:5353', { address: '192.0.2.1', port: 5353 }],
    ['2001:db8::1', { address: '2001:db8::1', port: 53 }],
    ['[2001:db8::1]', { address: '2001:db8::1', port: 53 }],
    ['[2001:db8::1]:65535', { address: '2001:db8::1', port: 65_535 }],
    [' 192.0.2.1 ', { address: '192.0.2.1', port: 53 }],
  ])('reads %s', (text, expected) => {
    expect(parseSocketAddress(text, 53)).toEqual(expected);
  });

  test.each(['', 'dns.example.com', '192.0.2', '192.0.2.1:', '192.0.2.1:0', '192.0.2.1:65536', '192.0.2.1:53x'])(
    'refuses %s',
    (text) => {
      expect(() => parseSocketAddress(text, 53)).toThrow(`"${text}"`);
    },
  );

  test.each(['[192.0.2.1]:53', '[2001:db8::1', '2001:db8::1]:53', '[]:53', '[2001:db8::1]53', '1.2.3.4:5:6'])(
    'refuses %s',
    (text) => {
      expect(() => parseSocketAddress(text, 53)).toThrow(`"${text}"`);
    },
  );
});

test.each(['192.0.2.1:53', '[2001:db8::1]:5353'])('%s is written as it was read', (text) => {
  expect(formatSocketAddress(parseSocketAddress(text, 1))).toBe(text);
});
