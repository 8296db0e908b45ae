import { describe, expect, test } from 'vitest';

import type { ServerObservation } from '../../../src/dns/evidence/observe-servers.ts';
import { findServerFaults } from '../../../src/dns/evidence/server-findings.ts';
import type { TxtReading } from '../../../src/dns/wire/txt-answer.ts';

const values: TxtReading = { kind: 'values', records: [] };
const silent = (detail = 'no answer within 3 s'): TxtReading => ({ kind: 'silent', detail });

function server(name: string, address: string, reading: TxtReading, serial: number | null = null): ServerObservation {
  const family = address === '' ? null : address.startsWith('[') ? 6 : 4;
  return { name, address, family, reading, serial, milliseconds: reading.kind === 'silent' ? null : 1 };
}

const find = (...servers: ServerObservation[]) => findServerFaults('example.test', servers);

describe('name servers are', () => {
  test('without fault when they answer over both address families with one serial', () => {
    const both = [server('ns1.test', '192.0.2.1:53', values, 7), server('ns1.test', '[2001:db8::1]:53', values, 7)];
    expect(find(...both, server('ns2.test', '192.0.2.2:53', values, 7))).toEqual([]);
  });

  test.each([
    ['REFUSED', 'answers REFUSED'],
    ['gave a non-authoritative answer (AA not set)', 'it gave a non-authoritative answer (AA not set)'],
  ])('lame, by name and why: %s', (detail, why) => {
    expect(find(server('ns1.test', '192.0.2.1:53', { kind: 'lame', detail }))).toEqual([
      `ns1.test (192.0.2.1:53) is lame: listed as a name server of example.test, but ${why}`,
    ]);
  });

  test('reachable over IPv4 only', () => {
    expect(
      find(
        server('ns1.test', '192.0.2.1:53', values),
        server('ns1.test', '[2001:db8::1]:53', silent('connection refused')),
      ),
    ).toEqual(['ns1.test: no answer over IPv6 ([2001:db8::1]:53: connection refused), answers over IPv4']);
  });

  test('reachable over IPv6 only', () => {
    expect(find(server('ns1.test', '192.0.2.1:53', silent()), server('ns1.test', '[2001:db8::1]:53', values))).toEqual([
      'ns1.test: no answer over IPv4 (192.0.2.1:53: no answer within 3 s), answers over IPv6',
    ]);
  });

  test('reachable at one of two addresses', () => {
    expect(find(server('ns1.test', '192.0.2.1:53', silent()), server('ns1.test', '192.0.2.2:53', values))).toEqual([
      'ns1.test: no answer at one of its addresses (192.0.2.1:53: no answer within 3 s)',
    ]);
  });

  test('dead, at all addresses or without one', () => {
    expect(
      find(
        server('ns1.test', '192.0.2.1:53', silent()),
        server('ns1.test', '[2001:db8::1]:53', silent('connection refused')),
        server('ns2.test', '', silent('its host name has no address')),
      ),
    ).toEqual([
      'ns1.test: no answer (192.0.2.1:53: no answer within 3 s, [2001:db8::1]:53: connection refused)',
      'ns2.test: no answer (its host name has no address)',
    ]);
  });

  test('not to blame where this machine has no way to an address family', () => {
    const noRoute = silent('cannot be reached (ENETUNREACH)');
    expect(find(server('ns1.test', '192.0.2.1:53', values), server('ns1.test', '[2001:db8::1]:53', noRoute))).toEqual(
      [],
    );
  });
});

describe('a serial', () => {
  test('that is older than the others is named with its server', () => {
    expect(
      find(
        server('ns1.test', '192.0.2.1:53', values, 42),
        server('ns2.test', '192.0.2.2:53', values, 41),
        server('ns3.test', '192.0.2.3:53', values),
      ),
    ).toEqual(['ns2.test (192.0.2.2:53) has serial 41, others 42: it is behind']);
  });

  test('that went past the largest number is the newer one', () => {
    expect(
      find(
        server('192.0.2.1:53', '192.0.2.1:53', values, 4_294_967_295),
        server('192.0.2.2:53', '192.0.2.2:53', values, 3),
      ),
    ).toEqual(['192.0.2.1:53 has serial 4294967295, others 3: it is behind']);
  });
});
