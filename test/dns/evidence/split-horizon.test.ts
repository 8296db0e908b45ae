import systemDns from 'node:dns';

import type { Answer } from 'dns-packet';
import { afterEach, describe, expect, test } from 'vitest';

import type { PublishingZone } from '../../../src/contract/schemas/dns.ts';
import { createDns } from '../../../src/dns/dns.ts';
import { startDnsServers } from '../dns-server.ts';
import type { Respond } from '../dns-server.ts';
import { a, ns, resolve, serve, txt } from '../zones.ts';

const publicResolver = '127.0.0.53';
const insideResolver = '127.0.0.54';
const serverAddress = '127.0.0.3';
const domainName = 'example.test';
const expectedValue = 'cloudflare_dashboard_sso=4c1d';

const zone: PublishingZone = { apex: domainName, nameServers: ['ns1.example.test'], source: 'discovered' };
const host = a('ns1.example.test', serverAddress);
const systemResolvers = systemDns.getServers();

afterEach(() => systemDns.setServers(systemResolvers));

/** What is found when the machine's own resolver is this one, and what that resolver was asked. */
async function findWith(
  inside: Respond,
  { source, published = expectedValue }: Partial<PublishingZone> & { published?: string } = {},
) {
  await using servers = await startDnsServers({
    [publicResolver]: resolve(host, txt(domainName, expectedValue)),
    [insideResolver]: inside,
    [serverAddress]: serve({ apex: domainName, records: [txt(domainName, published)] }),
  });
  const { port } = servers;
  systemDns.setServers([`${insideResolver}:${port}`]);
  const dns = createDns({
    nameServers:
      source === 'configured' ? { kind: 'all', servers: [{ address: serverAddress, port }] } : { kind: 'none' },
    resolvers: [{ address: publicResolver, port }],
    authoritativePort: port,
    timeoutMilliseconds: 1000,
  });
  const { findings } = await dns.observeTxt({
    zone: { ...zone, source: source ?? 'discovered' },
    name: domainName,
    value: expectedValue,
    signal: new AbortController().signal,
  });
  return { findings, port, wasAsked: servers.queriesOf(insideResolver).map(({ name, type }) => `${name} ${type}`) };
}

describe("the machine's own resolver", () => {
  test('that has the domain on other name servers is a finding that names both', async () => {
    const { findings, port, wasAsked } = await findWith(
      resolve(ns(domainName, 'dc2.corp.test'), ns(domainName, 'DC1.corp.test')),
    );
    expect(findings).toEqual([
      `split horizon: the machine's own resolver ${insideResolver}:${port} has ${domainName} on dc1.corp.test, dc2.corp.test, ` +
        'the public DNS on ns1.example.test; Cloudflare sees the public one',
    ]);
    expect(wasAsked).toEqual([`${domainName} NS`]);
  });

  test.each<[string, Respond]>([
    ['has the same name servers', resolve(ns(domainName, 'NS1.example.test'))],
    ['has one of them and another', resolve(ns(domainName, 'ns1.example.test'), ns(domainName, 'ns9.example.test'))],
    ['knows none', resolve(host)],
    ['is silent', () => null],
  ])('is no finding when it %s', async (_, inside) => {
    expect((await findWith(inside)).findings).toEqual([]);
  });

  test('is not asked before the name servers agree', async () => {
    expect((await findWith(resolve(ns(domainName, 'dc1.corp.test')), { published: 'other' })).wasAsked).toEqual([]);
  });

  test('is not asked where DNS_NAMESERVERS says whom to believe', async () => {
    expect((await findWith(resolve(ns(domainName, 'dc1.corp.test')), { source: 'configured' })).wasAsked).toEqual([]);
  });

  test.each<[string, Answer[], string[]]>([
    ['not asked about a domain without values, which would be remembered', [], []],
    ['asked once there are some', [txt(domainName, 'v=spf1 -all')], [`${domainName} NS`]],
  ])('is %s', async (_, values, questions) => {
    await using servers = await startDnsServers({
      [publicResolver]: resolve(ns('test', 'ns1.test'), a('ns1.test', serverAddress), host, ...values),
      [insideResolver]: resolve(ns(domainName, 'dc1.corp.test')),
      [serverAddress]: serve(
        { apex: 'test', records: [] },
        { apex: domainName, records: [ns(domainName, 'ns1.example.test'), host, ...values] },
      ),
    });
    const { port } = servers;
    systemDns.setServers([`${insideResolver}:${port}`]);
    const dns = createDns({
      nameServers: { kind: 'none' },
      resolvers: [{ address: publicResolver, port }],
      authoritativePort: port,
    });
    const { signal } = new AbortController();
    const report = await dns.observeDomain({ emailDomain: domainName, value: null, signal });
    expect(report).toMatchObject({ agreed: true, zone: { apex: domainName, source: 'discovered' } });
    expect(servers.queriesOf(insideResolver).map(({ name, type }) => `${name} ${type}`)).toEqual(questions);
  });
});
