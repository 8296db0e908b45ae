/** What publishing at a name would meet, asked of real servers, so that wildcards are theirs and not ours. */
import { describe, expect, test } from 'vitest';

import type { ZoneSearchResult } from '../../../src/dns/zone/publishing-zone.ts';
import { createDns } from '../../../src/dns/dns.ts';
import type { SocketAddress } from '../../../src/dns/wire/socket-address.ts';
import { nxdomain, refusedRcode, startDnsServers } from '../dns-server.ts';
import { writeMasterFile } from '../master-file.ts';
import { requireInstalled } from '../servers/installed.ts';
import { startNamed } from '../servers/named.ts';
import { startNsd } from '../servers/nsd.ts';
import { cname, ns, serve, soa } from '../zones.ts';

const zoneApex = 'example.test';
const serverAddress = '127.0.0.91';

async function searchAt(servers: SocketAddress[], emailDomain: string): Promise<ZoneSearchResult> {
  const dns = createDns({ nameServers: { kind: 'all', servers }, resolvers: [], timeoutMilliseconds: 2000 });
  return await dns.findPublishingZone({ emailDomain, signal: new AbortController().signal });
}

const zoneText = writeMasterFile({
  apex: zoneApex,
  nameServers: [serverAddress],
  ttl: 300,
  minimum: 120,
  records: [
    '@ 900 TXT "v=spf1 -all"',
    '@ 900 TXT "site-verification=1"',
    'www A 192.0.2.1',
    'alias CNAME www',
    'far-alias CNAME www.example.com.',
    'own MX 20 mail.own',
    'valued 30 TXT "one"',
    '* MX 10 mail',
    '* TXT "v=spf1 -all"',
    'copied MX 10 mail',
    'copied TXT "v=spf1 -all"',
    'host.empty A 192.0.2.2',
    '*.starred MX 10 mail',
    '*.starred TXT "v=spf1 -all"',
    'web A 192.0.2.3',
    '*.web CNAME www',
  ],
});

const realServers: [string, () => Promise<SocketAddress & AsyncDisposable>][] = [
  ['named', async () => await startNamed({ zones: [{ apex: zoneApex, text: zoneText }] })],
  ['nsd', async () => await startNsd(serverAddress, { [zoneApex]: zoneText })],
];

describe.skipIf(!requireInstalled('named', 'nsd')).each(realServers)('at %s', (_, start) => {
  test('distinguishes names', async () => {
    await using server = await start();
    const at = [{ address: server.address, port: server.port }];
    const search = async (name: string) => await searchAt(at, name);

    const wildcard = 'MX 10 mail.example.test, TXT "v=spf1 -all"';
    const hidden = (name: string) => ({
      subject: 'DNS',
      problem:
        `${name} has no records of its own; a wildcard answers for it. With a TXT value there, the wildcard no longer applies to the name: ` +
        `${wildcard} would be gone and mail to it would stop`,
      remedy: `copy these records to ${name} itself first: ${wildcard}; and to *.${name}, if names below it are in use`,
    });
    for (const name of ['team.example.test', 'far.below.example.test']) {
      expect(await search(name)).toMatchObject({ caches: { seconds: 300 }, problems: [hidden(name)] });
    }

    // They exist, with or without records of their own, and even with the very same ones.
    for (const name of ['own', 'copied', 'empty', 'starred', 'www', 'valued']) {
      expect(await search(`${name}.example.test`)).toMatchObject({ kind: 'found', problems: [] });
    }
    expect(await search(zoneApex)).toMatchObject({ problems: [] });

    expect(await search('alias.example.test')).toMatchObject({
      caches: null,
      problems: [
        {
          subject: 'DNS',
          problem:
            'alias.example.test is a CNAME to www.example.test, and a name with a CNAME can have no other records, so no TXT value',
        },
      ],
    });
    expect(await search('far-alias.example.test')).toMatchObject({
      problems: [{ problem: expect.stringContaining('is a CNAME to www.example.com') as unknown }],
    });
    expect(await search('team.web.example.test')).toMatchObject({
      problems: [
        {
          problem: expect.stringContaining(
            'With a TXT value there, the wildcard no longer applies to the name: CNAME www.example.test',
          ) as unknown,
          remedy: expect.stringContaining('add the records of the target of CNAME www.example.test') as unknown,
        },
      ],
    });
  });

  test('how long caches hold what is there comes from the TXT answer', async () => {
    await using server = await start();
    const at = [{ address: server.address, port: server.port }];
    const outlooks = await Promise.all(
      [zoneApex, 'valued.example.test', 'own.example.test'].map(async (name) => await searchAt(at, name)),
    );
    expect(outlooks).toMatchObject([
      { caches: { seconds: 900, because: 'old-values' } },
      { caches: { seconds: 30, because: 'old-values' } },
      // The lesser of the SOA's TTL, 300, and MINIMUM, 120.
      { caches: { seconds: 120, because: 'no-values' } },
    ]);
  });
});

describe('with several servers', () => {
  const firstServer = '127.0.0.92';
  const secondServer = '127.0.0.93';
  const plain = { apex: zoneApex, records: [ns(zoneApex, 'ns1.example.test')] };

  test('the longest time counts, and one that does not answer does not', async () => {
    await using servers = await startDnsServers({
      [firstServer]: serve({
        ...plain,
        records: [...plain.records, { name: zoneApex, type: 'TXT', data: 'old', ttl: 7200 }],
      }),
      [secondServer]: serve(plain),
      [serverAddress]: () => ({ rcode: refusedRcode }),
    });
    const at = [firstServer, secondServer, serverAddress].map((address) => ({ address, port: servers.port }));
    expect(await searchAt(at, zoneApex)).toMatchObject({
      caches: { seconds: 7200, because: 'old-values' },
      problems: [],
    });
  });

  test('a problem at one of them is a problem', async () => {
    await using servers = await startDnsServers({
      [firstServer]: serve(plain),
      [secondServer]: serve({ ...plain, records: [...plain.records, cname('team.example.test', 'www.example.com')] }),
    });
    const at = [firstServer, secondServer].map((address) => ({ address, port: servers.port }));
    expect(await searchAt(at, 'team.example.test')).toMatchObject({
      caches: { seconds: 60, because: 'no-values' },
      problems: [{ problem: expect.stringContaining('CNAME to www.example.com') as unknown }],
    });
  });

  test('a wildcard is seen through a server that takes no asterisk inside a name', async () => {
    const lent = { ttl: 60, type: 'MX' as const, data: { preference: 10, exchange: 'mail.example.test' } };
    await using servers = await startDnsServers({
      [firstServer]: ({ name, type }) => {
        if (name.includes('*')) return { rcode: refusedRcode };
        return {
          aa: true,
          answers: type === 'MX' ? [{ ...lent, name }] : [],
          authorities: type === 'MX' ? [] : [soa(zoneApex)],
        };
      },
    });
    expect(await searchAt([{ address: firstServer, port: servers.port }], 'team.example.test')).toMatchObject({
      problems: [{ problem: expect.stringContaining('MX 10 mail.example.test would be gone and mail') as unknown }],
    });
  });

  test('nothing is taken for fit when none says what is at the name', async () => {
    await using servers = await startDnsServers({
      [firstServer]: ({ type }) =>
        type === 'SOA' ? { aa: true, rcode: nxdomain, authorities: [soa(zoneApex)] } : { rcode: refusedRcode },
    });
    const at = [{ address: firstServer, port: servers.port }];
    await expect(searchAt(at, 'team.example.test')).rejects.toThrow(
      `team.example.test TXT at the servers of ${zoneApex}: `,
    );
    await expect(searchAt(at, 'team.example.test')).rejects.toMatchObject({
      name: 'DnsError',
      kind: 'no-usable-answer',
    });
  });
});
