import systemDns from 'node:dns';

import type { Answer } from 'dns-packet';
import { afterEach, describe, expect, test } from 'vitest';

import type { PublishingZone } from '../../../src/contract/schemas/dns.ts';
import { createDns } from '../../../src/dns/dns.ts';
import { startDnsServers } from '../dns-server.ts';
import type { Respond } from '../dns-server.ts';
import { a, ns, resolve, serve, txt } from '../zones.ts';

const PUBLIC = '127.0.0.53';
const INSIDE = '127.0.0.54';
const SERVER = '127.0.0.3';
const DOMAIN = 'example.test';
const VALUE = 'cloudflare_dashboard_sso=4c1d';

const zone: PublishingZone = { apex: DOMAIN, nameServers: ['ns1.example.test'], source: 'discovered' };
const host = a('ns1.example.test', SERVER);
const systemResolvers = systemDns.getServers();

afterEach(() => systemDns.setServers(systemResolvers));

/** What is found when the machine's own resolver is this one, and what that resolver was asked. */
async function findWith(
  inside: Respond,
  { source, published = VALUE }: Partial<PublishingZone> & { published?: string } = {},
) {
  await using servers = await startDnsServers({
    [PUBLIC]: resolve(host, txt(DOMAIN, VALUE)),
    [INSIDE]: inside,
    [SERVER]: serve({ apex: DOMAIN, records: [txt(DOMAIN, published)] }),
  });
  const { port } = servers;
  systemDns.setServers([`${INSIDE}:${port}`]);
  const dns = createDns({
    nameServers: source === 'configured' ? { kind: 'all', servers: [{ address: SERVER, port }] } : { kind: 'none' },
    resolvers: [{ address: PUBLIC, port }],
    authoritativePort: port,
    timeoutMilliseconds: 1000,
  });
  const { findings } = await dns.observeTxt({
    zone: { ...zone, source: source ?? 'discovered' },
    name: DOMAIN,
    value: VALUE,
    signal: new AbortController().signal,
  });
  return { findings, port, wasAsked: servers.queriesOf(INSIDE).map(({ name, type }) => `${name} ${type}`) };
}

describe("the machine's own resolver", () => {
  test('that has the domain on other name servers is a finding that names both', async () => {
    const { findings, port, wasAsked } = await findWith(
      resolve(ns(DOMAIN, 'dc2.corp.test'), ns(DOMAIN, 'DC1.corp.test')),
    );
    expect(findings).toEqual([
      `split horizon: the machine's own resolver ${INSIDE}:${port} has ${DOMAIN} on dc1.corp.test, dc2.corp.test, ` +
        'the public DNS on ns1.example.test; Cloudflare sees the public one',
    ]);
    expect(wasAsked).toEqual([`${DOMAIN} NS`]);
  });

  test.each<[string, Respond]>([
    ['has the same name servers', resolve(ns(DOMAIN, 'NS1.example.test'))],
    ['has one of them and another', resolve(ns(DOMAIN, 'ns1.example.test'), ns(DOMAIN, 'ns9.example.test'))],
    ['knows none', resolve(host)],
    ['is silent', () => null],
  ])('is no finding when it %s', async (_, inside) => {
    expect((await findWith(inside)).findings).toEqual([]);
  });

  test('is not asked before the name servers agree', async () => {
    expect((await findWith(resolve(ns(DOMAIN, 'dc1.corp.test')), { published: 'other' })).wasAsked).toEqual([]);
  });

  test('is not asked where DNS_NAMESERVERS says whom to believe', async () => {
    expect((await findWith(resolve(ns(DOMAIN, 'dc1.corp.test')), { source: 'configured' })).wasAsked).toEqual([]);
  });

  test.each<[string, Answer[], string[]]>([
    ['not asked about a domain without values, which would be remembered', [], []],
    ['asked once there are some', [txt(DOMAIN, 'v=spf1 -all')], [`${DOMAIN} NS`]],
  ])('is %s', async (_, values, questions) => {
    await using servers = await startDnsServers({
      [PUBLIC]: resolve(ns('test', 'ns1.test'), a('ns1.test', SERVER), host, ...values),
      [INSIDE]: resolve(ns(DOMAIN, 'dc1.corp.test')),
      [SERVER]: serve(
        { apex: 'test', records: [] },
        { apex: DOMAIN, records: [ns(DOMAIN, 'ns1.example.test'), host, ...values] },
      ),
    });
    const { port } = servers;
    systemDns.setServers([`${INSIDE}:${port}`]);
    const dns = createDns({
      nameServers: { kind: 'none' },
      resolvers: [{ address: PUBLIC, port }],
      authoritativePort: port,
    });
    const { signal } = new AbortController();
    const report = await dns.observeDomain({ emailDomain: DOMAIN, value: null, signal });
    expect(report).toMatchObject({ agreed: true, zone: { apex: DOMAIN, source: 'discovered' } });
    expect(servers.queriesOf(INSIDE).map(({ name, type }) => `${name} ${type}`)).toEqual(questions);
  });
});
