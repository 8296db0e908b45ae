import { describe, expect, test } from 'vitest';

import type { DnsEvidence, PublishingZone } from '../../../src/contract/schemas/dns.ts';
import { createDns } from '../../../src/dns/dns.ts';
import type { NameServerOverrides } from '../../../src/dns/resolve/name-server-overrides.ts';
import { NXDOMAIN, REFUSED, SERVFAIL, startDnsServers } from '../dns-server.ts';
import type { Respond } from '../dns-server.ts';
import { withoutSystemResolvers } from '../system-resolvers.ts';
import { a, aaaa, cname, ns, resolve, serve, soa, txt } from '../zones.ts';

const RESOLVER = '127.0.0.53';
const ONE = '127.0.0.3';
const TWO = '127.0.0.4';
const UNUSED = '127.0.0.9';
const DOMAIN = 'example.test';
const VALUE = 'cloudflare_dashboard_sso=4c1d';

const zone: PublishingZone = {
  apex: DOMAIN,
  nameServers: ['ns1.example.test', 'ns2.example.test'],
  source: 'discovered',
};
const hosts = [a('ns1.example.test', ONE), a('ns2.example.test', TWO)];
const silent: Respond = () => null;
const withTxt = (...values: string[]): Respond =>
  serve({ apex: DOMAIN, records: values.map((value) => txt(DOMAIN, value)) });
const complete = withTxt('v=spf1 -all', VALUE);

withoutSystemResolvers();

interface Look {
  one?: Respond;
  two?: Respond;
  resolver?: Respond;
  nameServers?: (port: number) => NameServerOverrides;
  zone?: PublishingZone;
  /** What a silent server costs. */
  timeoutMilliseconds?: number;
  name?: string;
  value?: string;
}

/** One look, and the questions about the domain itself that the resolver got. */
async function look({ one = complete, two = complete, resolver = resolve(...hosts), ...over }: Look) {
  await using servers = await startDnsServers({ [RESOLVER]: resolver, [ONE]: one, [TWO]: two });
  const dns = createDns({
    nameServers: over.nameServers?.(servers.port) ?? { kind: 'none' },
    resolvers: [{ address: RESOLVER, port: servers.port }],
    authoritativePort: servers.port,
    timeoutMilliseconds: over.timeoutMilliseconds ?? 5000,
  });
  const { name = DOMAIN, value = VALUE } = over;
  const evidence = await dns.observeTxt({ zone: over.zone ?? zone, name, value, signal: new AbortController().signal });
  const resolverWasAsked = servers.queriesOf(RESOLVER).filter((query) => query.name === name);
  return { evidence, resolverWasAsked: resolverWasAsked.map(({ type }) => type), port: servers.port };
}

const verdicts = ({ servers }: DnsEvidence) =>
  servers.map(({ name, verdict, detail }) => `${name} ${verdict}: ${detail}`);

describe('a server', () => {
  test('that has the value is evidence with its name and address', async () => {
    const { evidence, port } = await look({});
    expect(evidence.servers).toEqual([
      {
        name: 'ns1.example.test',
        address: `${ONE}:${port}`,
        verdict: 'has-value',
        detail: '2 TXT values, this one among them',
        milliseconds: expect.any(Number) as unknown,
        serial: 1,
      },
      {
        name: 'ns2.example.test',
        address: `${TWO}:${port}`,
        verdict: 'has-value',
        detail: '2 TXT values, this one among them',
        milliseconds: expect.any(Number) as unknown,
        serial: 1,
      },
    ]);
    expect(evidence.findings).toEqual([]);
    expect(new Date(evidence.observedAt).toISOString()).toBe(evidence.observedAt);
  });

  test.each<[string, Respond, string]>([
    ['other values', withTxt('v=spf1 -all', 'a', 'b', 'c'), 'lacks-value: 4 TXT values, not this one'],
    ['one other value', withTxt('v=spf1 -all'), 'lacks-value: 1 TXT value, not this one'],
    ['a value in another case', withTxt(VALUE.toUpperCase()), 'lacks-value: 1 TXT value, not this one'],
    ['a value that differs in one byte', withTxt(`${VALUE.slice(0, -1)}e`), 'lacks-value: 1 TXT value, not this one'],
    ['a value with a space after it', withTxt(`${VALUE} `), 'lacks-value: 1 TXT value, not this one'],
    ['no values', withTxt(), 'lacks-value: no TXT values'],
    ['no such name', () => ({ aa: true, rcode: NXDOMAIN, authorities: [soa(DOMAIN)] }), 'lacks-value: NXDOMAIN'],
    [
      'a CNAME, whose target has the value',
      () => ({ aa: true, answers: [cname(DOMAIN, 'www.example.com'), txt('www.example.com', VALUE)] }),
      'lacks-value: a CNAME to www.example.com, no TXT of its own',
    ],
    [
      'the value without authority',
      () => ({ answers: [txt(DOMAIN, VALUE)] }),
      'lame: answered without authority (AA not set)',
    ],
    ['NXDOMAIN without authority', () => ({ rcode: NXDOMAIN }), 'lame: answered without authority (AA not set)'],
    [
      'the value at another name',
      () => ({ aa: true, answers: [txt(`x.${DOMAIN}`, VALUE)] }),
      'lame: answered about another name',
    ],
    [
      'a referral',
      () => ({ authorities: [ns(DOMAIN, 'ns1.example.test')] }),
      `lame: only refers to the servers of ${DOMAIN}`,
    ],
    [
      'a referral with AA',
      () => ({ aa: true, authorities: [ns('.', 'a.root.test')] }),
      'lame: only refers to the servers of .',
    ],
    [
      'an answer for a zone above',
      () => ({ aa: true, rcode: NXDOMAIN, authorities: [soa('test')] }),
      'lame: answered for the zone test',
    ],
    ['REFUSED', () => ({ rcode: REFUSED }), 'lame: REFUSED'],
    ['SERVFAIL', () => ({ rcode: SERVFAIL }), 'lame: SERVFAIL'],
    ['an answer to another question', () => ({ aa: true, questions: [] }), 'lame: an answer to another question'],
    ['silence', silent, 'unreachable: no answer within 1 s'],
  ])('that has %s is judged by it', async (_, one, expected) => {
    const { evidence } = await look({ one, timeoutMilliseconds: 1000 });
    expect(verdicts(evidence)[0]).toBe(`ns1.example.test ${expected}`);
  });

  test.each([
    ['past 512 bytes', 20],
    ['past 4096 bytes', 120],
  ])('finds the value among many, %s', async (_, count) => {
    const others = Array.from({ length: count }, (__, index) => `site-verification=${index}-${'x'.repeat(20)}`);
    const { evidence } = await look({ one: withTxt(...others, VALUE) });
    expect(evidence.servers[0]).toMatchObject({
      verdict: 'has-value',
      detail: `${count + 1} TXT values, this one among them`,
    });
  });

  test.each(['bücher=😀', 'a'.repeat(600), ''])('has a value of several chunks or of any bytes', async (value) => {
    const bytes = Buffer.from(value);
    const chunks = [bytes.subarray(0, 1), bytes.subarray(1, 250), bytes.subarray(250, 500), bytes.subarray(500)];
    const { evidence } = await look({ value, one: serve({ apex: DOMAIN, records: [txt(DOMAIN, ...chunks)] }) });
    expect(evidence.servers[0]).toMatchObject({ verdict: 'has-value' });
  });

  test('has the value when it writes the owner name in another case', async () => {
    const { evidence } = await look({ one: () => ({ aa: true, answers: [txt('EXAMPLE.Test', VALUE)] }) });
    expect(evidence.servers[0]).toMatchObject({ verdict: 'has-value' });
  });

  test('is asked at each of its addresses', async () => {
    const resolver = resolve(a('ns1.example.test', ONE), a('ns1.example.test', TWO), aaaa('ns1.example.test', '::1'));
    const { evidence, port } = await look({
      resolver,
      two: withTxt(),
      zone: { ...zone, nameServers: ['ns1.example.test'] },
    });
    expect(evidence.servers).toMatchObject([
      { address: `${ONE}:${port}`, verdict: 'has-value' },
      { address: `${TWO}:${port}`, verdict: 'lacks-value' },
      { address: `[::1]:${port}`, verdict: 'unreachable' },
    ]);
  });

  test('whose host name does not resolve is unreachable', async () => {
    const { evidence } = await look({ resolver: resolve(a('ns2.example.test', TWO)) });
    expect(evidence.servers[0]).toEqual({
      name: 'ns1.example.test',
      address: '',
      verdict: 'unreachable',
      detail: 'its host name has no address',
      milliseconds: null,
      serial: null,
    });
  });

  test('whose host name the resolver fails on is unreachable', async () => {
    const { evidence } = await look({
      resolver: (query) => (query.name === 'ns1.example.test' ? { rcode: SERVFAIL } : resolve(...hosts)(query)),
    });
    expect(evidence.servers[0]).toMatchObject({ verdict: 'unreachable' });
    expect(evidence.servers[0]?.detail).toMatch(/^its host name does not resolve: .*SERVFAIL/);
  });
});

describe('findings', () => {
  test('name a lame server, one that is dead and one that is behind', async () => {
    const behind: Respond = (query) => {
      const reply = complete(query);
      if (query.type !== 'SOA' || reply === null || Buffer.isBuffer(reply)) return reply;
      return { aa: true, answers: [soa(DOMAIN, 0)] };
    };
    const { evidence, port } = await look({
      one: behind,
      resolver: resolve(
        ...hosts,
        a('ns3.example.test', UNUSED),
        a('ns4.example.test', RESOLVER),
        aaaa('ns2.example.test', '::1'),
      ),
      zone: { ...zone, nameServers: [...zone.nameServers, 'ns3.example.test', 'ns4.example.test'] },
    });
    expect(evidence.servers).toMatchObject([
      { serial: 0, milliseconds: expect.any(Number) as unknown },
      { serial: 1, milliseconds: expect.any(Number) as unknown },
      { serial: null, milliseconds: null },
      { serial: null, milliseconds: null },
      { serial: null, milliseconds: expect.any(Number) as unknown },
    ]);
    expect(evidence.findings).toEqual([
      `ns2.example.test: no answer over IPv6 ([::1]:${port}: connection refused), answers over IPv4`,
      `ns3.example.test: no answer (${UNUSED}:${port}: connection refused)`,
      `ns4.example.test (${RESOLVER}:${port}) is lame: listed as a name server of ${DOMAIN}, but it answered without authority (AA not set)`,
      `ns1.example.test (${ONE}:${port}) has serial 0, others 1: it is behind`,
    ]);
  });

  test('name the resolvers for which DNSSEC does not validate', async () => {
    const known = resolve(...hosts, txt(DOMAIN, VALUE));
    const { evidence, port } = await look({
      resolver: (query) =>
        query.name === DOMAIN && !query.packet.flag_cd ? { ra: true, rcode: SERVFAIL } : known(query),
    });
    expect(evidence.resolvers).toMatchObject([{ verdict: 'unreachable', detail: 'SERVFAIL' }]);
    expect(evidence.findings).toEqual([
      expect.stringMatching(
        new RegExp(`^the resolver ${RESOLVER}:${port} answers SERVFAIL.*DNSSEC of ${DOMAIN} does not validate`),
      ),
    ]);
  });
});

describe('resolvers', () => {
  const view = resolve(...hosts, txt(DOMAIN, VALUE));
  const stale = resolve(...hosts, txt(DOMAIN, 'v=spf1 -all'));

  test('are reported once every server that answered has the value', async () => {
    const { evidence, port } = await look({ resolver: view });
    expect(evidence.resolvers).toEqual([
      { address: `${RESOLVER}:${port}`, verdict: 'has-value', detail: '1 TXT value, this one among them' },
    ]);
  });

  test('may still lack it', async () => {
    const { evidence } = await look({ resolver: stale });
    expect(evidence.resolvers).toMatchObject([{ verdict: 'lacks-value', detail: '1 TXT value, not this one' }]);
  });

  test.each<[string, Respond]>([
    ['silent', silent],
    ['lame', () => ({ rcode: REFUSED })],
  ])('are asked although one server is %s, and only for the value', async (_, two) => {
    const { evidence, resolverWasAsked } = await look({ two, resolver: view, timeoutMilliseconds: 1000 });
    expect(evidence.resolvers).toHaveLength(1);
    expect(resolverWasAsked).toEqual(['TXT']);
  });

  test.each<[string, Respond, Respond]>([
    ['one server lacks the value', complete, withTxt()],
    ['every server lacks it', withTxt(), withTxt()],
    ['no server answers', silent, silent],
    ['every server is lame', () => ({ answers: [txt(DOMAIN, VALUE)] }), () => ({ rcode: REFUSED })],
  ])('are not asked about the domain while %s', async (_, one, two) => {
    const { evidence, resolverWasAsked } = await look({ one, two, resolver: view, timeoutMilliseconds: 1000 });
    expect(evidence.resolvers).toEqual([]);
    expect(resolverWasAsked).toEqual([]);
  });

  test('are not asked about the domain even where it is the name of its own server', async () => {
    const { evidence, resolverWasAsked } = await look({ zone: { ...zone, nameServers: [DOMAIN] }, resolver: view });
    expect(evidence.servers).toMatchObject([{ name: DOMAIN, verdict: 'unreachable' }]);
    expect(resolverWasAsked).toEqual([]);
  });
});

describe('with DNS_NAMESERVERS', () => {
  test('the servers listed are asked instead of those of the zone', async () => {
    const { evidence, port } = await look({
      one: silent,
      nameServers: (at) => ({ kind: 'all', servers: [{ address: TWO, port: at }] }),
    });
    expect(evidence.servers).toMatchObject([
      { name: `${TWO}:${port}`, address: `${TWO}:${port}`, verdict: 'has-value' },
    ]);
  });

  test('the servers of the longest zone are asked, below its apex too', async () => {
    const name = `team.${DOMAIN}`;
    const { evidence, port } = await look({
      name,
      one: silent,
      two: serve({ apex: DOMAIN, records: [txt(name, VALUE)] }),
      nameServers: (at) => ({
        kind: 'by-zone',
        zones: [
          { zone: 'test', servers: [{ address: ONE, port: at }] },
          { zone: DOMAIN, servers: [{ address: TWO, port: at }] },
        ],
      }),
    });
    expect(evidence.servers).toMatchObject([{ address: `${TWO}:${port}`, verdict: 'has-value' }]);
  });
});

test('an aborted signal is thrown as it is', async () => {
  const cancel = new AbortController();
  const reason = { why: 'the activity was cancelled' };
  const cancelling: Respond = () => {
    cancel.abort(reason);
    return null;
  };
  await using servers = await startDnsServers({ [RESOLVER]: resolve(...hosts), [ONE]: cancelling, [TWO]: complete });
  const { port } = servers;
  const dns = createDns({
    nameServers: { kind: 'none' },
    resolvers: [{ address: RESOLVER, port }],
    authoritativePort: port,
  });
  const observed = dns.observeTxt({ zone, name: DOMAIN, value: VALUE, signal: cancel.signal });
  await expect(observed).rejects.toBe(reason);
});
