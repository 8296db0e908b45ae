import { describe, expect, test } from 'vitest';

import type { DnsEvidence, PublishingZone } from '../../../src/contract/schemas/dns.ts';
import { createDns } from '../../../src/dns/dns.ts';
import type { NameServerOverrides } from '../../../src/dns/resolve/name-server-overrides.ts';
import { nxdomain, refusedRcode, servfail, startDnsServers } from '../dns-server.ts';
import type { Respond } from '../dns-server.ts';
import { withoutSystemResolvers } from '../system-resolvers.ts';
import { a, aaaa, cname, ns, resolve, serve, soa, txt } from '../zones.ts';

const resolverAddress = '127.0.0.53';
const firstServer = '127.0.0.3';
const secondServer = '127.0.0.4';
const unusedAddress = '127.0.0.9';
const emailDomain = 'example.test';
const expectedValue = 'cloudflare_dashboard_sso=4c1d';

const zone: PublishingZone = {
  apex: emailDomain,
  nameServers: ['ns1.example.test', 'ns2.example.test'],
  source: 'discovered',
};
const hosts = [a('ns1.example.test', firstServer), a('ns2.example.test', secondServer)];
const silent: Respond = () => null;
const withTxt = (...values: string[]): Respond =>
  serve({ apex: emailDomain, records: values.map((value) => txt(emailDomain, value)) });
const complete = withTxt('v=spf1 -all', expectedValue);

withoutSystemResolvers();

interface Observation {
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

/** One observation, and the queries for the domain itself that the resolver got. */
async function observe({ one = complete, two = complete, resolver = resolve(...hosts), ...over }: Observation) {
  await using servers = await startDnsServers({ [resolverAddress]: resolver, [firstServer]: one, [secondServer]: two });
  const dns = createDns({
    nameServers: over.nameServers?.(servers.port) ?? { kind: 'none' },
    resolvers: [{ address: resolverAddress, port: servers.port }],
    authoritativePort: servers.port,
    timeoutMilliseconds: over.timeoutMilliseconds ?? 5000,
  });
  const { name = emailDomain, value = expectedValue } = over;
  const evidence = await dns.observeTxt({ zone: over.zone ?? zone, name, value, signal: new AbortController().signal });
  const resolverWasQueried = servers.queriesOf(resolverAddress).filter((query) => query.name === name);
  return { evidence, resolverWasQueried: resolverWasQueried.map(({ type }) => type), port: servers.port };
}

const verdicts = ({ servers }: DnsEvidence) =>
  servers.map(({ name, verdict, detail }) => `${name} ${verdict}: ${detail}`);

describe.concurrent('a server', () => {
  test('that has the value is evidence with its name and address', async () => {
    const { evidence, port } = await observe({});
    expect(evidence.servers).toEqual([
      {
        name: 'ns1.example.test',
        address: `${firstServer}:${port}`,
        verdict: 'has-value',
        detail: '2 TXT values, this one among them',
        milliseconds: expect.any(Number) as unknown,
        serial: 1,
      },
      {
        name: 'ns2.example.test',
        address: `${secondServer}:${port}`,
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
    ['a value in another case', withTxt(expectedValue.toUpperCase()), 'lacks-value: 1 TXT value, not this one'],
    [
      'a value that differs in one byte',
      withTxt(`${expectedValue.slice(0, -1)}e`),
      'lacks-value: 1 TXT value, not this one',
    ],
    ['a value with a space after it', withTxt(`${expectedValue} `), 'lacks-value: 1 TXT value, not this one'],
    ['no values', withTxt(), 'lacks-value: no TXT values'],
    ['no such name', () => ({ aa: true, rcode: nxdomain, authorities: [soa(emailDomain)] }), 'lacks-value: NXDOMAIN'],
    [
      'a CNAME, whose target has the value',
      () => ({ aa: true, answers: [cname(emailDomain, 'www.example.com'), txt('www.example.com', expectedValue)] }),
      'lacks-value: a CNAME to www.example.com, no TXT of its own',
    ],
    [
      'the value without authority',
      () => ({ answers: [txt(emailDomain, expectedValue)] }),
      'lame: gave a non-authoritative answer (AA not set)',
    ],
    ['NXDOMAIN without authority', () => ({ rcode: nxdomain }), 'lame: gave a non-authoritative answer (AA not set)'],
    [
      'the value at another name',
      () => ({ aa: true, answers: [txt(`x.${emailDomain}`, expectedValue)] }),
      'lame: answered about another name',
    ],
    [
      'a referral',
      () => ({ authorities: [ns(emailDomain, 'ns1.example.test')] }),
      `lame: only refers to the servers of ${emailDomain}`,
    ],
    [
      'a referral with AA',
      () => ({ aa: true, authorities: [ns('.', 'a.root.test')] }),
      'lame: only refers to the servers of .',
    ],
    [
      'an answer for a zone above',
      () => ({ aa: true, rcode: nxdomain, authorities: [soa('test')] }),
      'lame: answered for the zone test',
    ],
    ['REFUSED', () => ({ rcode: refusedRcode }), 'lame: REFUSED'],
    ['SERVFAIL', () => ({ rcode: servfail }), 'lame: SERVFAIL'],
    ['an answer to another question', () => ({ aa: true, questions: [] }), 'lame: an answer to another question'],
    ['silence', silent, 'unreachable: no answer within 1 s'],
  ])('that has %s is judged by it', async (_, one, expected) => {
    const { evidence } = await observe({ one, timeoutMilliseconds: 1000 });
    expect(verdicts(evidence)[0]).toBe(`ns1.example.test ${expected}`);
  });

  test.each([
    ['past 512 bytes', 20],
    ['past 4096 bytes', 120],
  ])('finds the value among many, %s', async (_, count) => {
    const others = Array.from({ length: count }, (__, index) => `site-verification=${index}-${'x'.repeat(20)}`);
    const { evidence } = await observe({ one: withTxt(...others, expectedValue) });
    expect(evidence.servers[0]).toMatchObject({
      verdict: 'has-value',
      detail: `${count + 1} TXT values, this one among them`,
    });
  });

  test.each(['bücher=😀', 'a'.repeat(600), ''])('has a value of several chunks or of any bytes', async (value) => {
    const bytes = Buffer.from(value);
    const chunks = [bytes.subarray(0, 1), bytes.subarray(1, 250), bytes.subarray(250, 500), bytes.subarray(500)];
    const { evidence } = await observe({
      value,
      one: serve({ apex: emailDomain, records: [txt(emailDomain, ...chunks)] }),
    });
    expect(evidence.servers[0]).toMatchObject({ verdict: 'has-value' });
  });

  test('has the value when it writes the owner name in another case', async () => {
    const { evidence } = await observe({ one: () => ({ aa: true, answers: [txt('EXAMPLE.Test', expectedValue)] }) });
    expect(evidence.servers[0]).toMatchObject({ verdict: 'has-value' });
  });

  test('is asked at each of its addresses', async () => {
    const resolver = resolve(
      a('ns1.example.test', firstServer),
      a('ns1.example.test', secondServer),
      aaaa('ns1.example.test', '::1'),
    );
    const { evidence, port } = await observe({
      resolver,
      two: withTxt(),
      zone: { ...zone, nameServers: ['ns1.example.test'] },
    });
    expect(evidence.servers).toMatchObject([
      { address: `${firstServer}:${port}`, verdict: 'has-value' },
      { address: `${secondServer}:${port}`, verdict: 'lacks-value' },
      { address: `[::1]:${port}`, verdict: 'unreachable' },
    ]);
  });

  test('whose host name does not resolve is unreachable', async () => {
    const { evidence } = await observe({ resolver: resolve(a('ns2.example.test', secondServer)) });
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
    const { evidence } = await observe({
      resolver: (query) => (query.name === 'ns1.example.test' ? { rcode: servfail } : resolve(...hosts)(query)),
    });
    expect(evidence.servers[0]).toMatchObject({ verdict: 'unreachable' });
    expect(evidence.servers[0]?.detail).toMatch(/^its host name does not resolve: .*SERVFAIL/);
  });
});

describe.concurrent('findings', () => {
  test('name a lame server, one that is dead and one that is behind', async () => {
    const behind: Respond = (query) => {
      const reply = complete(query);
      if (query.type !== 'SOA' || reply === null || Buffer.isBuffer(reply)) return reply;
      return { aa: true, answers: [soa(emailDomain, 0)] };
    };
    const { evidence, port } = await observe({
      one: behind,
      resolver: resolve(
        ...hosts,
        a('ns3.example.test', unusedAddress),
        a('ns4.example.test', resolverAddress),
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
      `ns3.example.test: no answer (${unusedAddress}:${port}: connection refused)`,
      `ns4.example.test (${resolverAddress}:${port}) is lame: listed as a name server of ${emailDomain}, but it gave a non-authoritative answer (AA not set)`,
      `ns1.example.test (${firstServer}:${port}) has serial 0, others 1: it is behind`,
    ]);
  });

  test('name the resolvers for which DNSSEC does not validate', async () => {
    const known = resolve(...hosts, txt(emailDomain, expectedValue));
    const { evidence, port } = await observe({
      resolver: (query) =>
        query.name === emailDomain && !query.packet.flag_cd ? { ra: true, rcode: servfail } : known(query),
    });
    expect(evidence.resolvers).toMatchObject([{ verdict: 'unreachable', detail: 'SERVFAIL' }]);
    expect(evidence.findings).toEqual([
      expect.stringMatching(
        new RegExp(
          `^the resolver ${resolverAddress}:${port} answers SERVFAIL.*DNSSEC validation of ${emailDomain} fails`,
        ),
      ),
    ]);
  });
});

describe.concurrent('resolvers', () => {
  const view = resolve(...hosts, txt(emailDomain, expectedValue));
  const stale = resolve(...hosts, txt(emailDomain, 'v=spf1 -all'));

  test('are reported once every server that answered has the value', async () => {
    const { evidence, port } = await observe({ resolver: view });
    expect(evidence.resolvers).toEqual([
      { address: `${resolverAddress}:${port}`, verdict: 'has-value', detail: '1 TXT value, this one among them' },
    ]);
  });

  test('may still lack it', async () => {
    const { evidence } = await observe({ resolver: stale });
    expect(evidence.resolvers).toMatchObject([{ verdict: 'lacks-value', detail: '1 TXT value, not this one' }]);
  });

  test.each<[string, Respond]>([
    ['silent', silent],
    ['lame', () => ({ rcode: refusedRcode })],
  ])('are asked although one server is %s, and only for the value', async (_, two) => {
    const { evidence, resolverWasQueried } = await observe({ two, resolver: view, timeoutMilliseconds: 1000 });
    expect(evidence.resolvers).toHaveLength(1);
    expect(resolverWasQueried).toEqual(['TXT']);
  });

  test.each<[string, Respond, Respond]>([
    ['one server lacks the value', complete, withTxt()],
    ['every server lacks it', withTxt(), withTxt()],
    ['no server answers', silent, silent],
    ['every server is lame', () => ({ answers: [txt(emailDomain, expectedValue)] }), () => ({ rcode: refusedRcode })],
  ])('are not asked about the domain while %s', async (_, one, two) => {
    const { evidence, resolverWasQueried } = await observe({ one, two, resolver: view, timeoutMilliseconds: 1000 });
    expect(evidence.resolvers).toEqual([]);
    expect(resolverWasQueried).toEqual([]);
  });

  test('are not asked about the domain even where it is the name of its own server', async () => {
    const { evidence, resolverWasQueried } = await observe({
      zone: { ...zone, nameServers: [emailDomain] },
      resolver: view,
    });
    expect(evidence.servers).toMatchObject([{ name: emailDomain, verdict: 'unreachable' }]);
    expect(resolverWasQueried).toEqual([]);
  });
});

describe.concurrent('with DNS_NAMESERVERS', () => {
  test('the servers listed are asked instead of those of the zone', async () => {
    const { evidence, port } = await observe({
      one: silent,
      nameServers: (at) => ({ kind: 'all', servers: [{ address: secondServer, port: at }] }),
    });
    expect(evidence.servers).toMatchObject([
      { name: `${secondServer}:${port}`, address: `${secondServer}:${port}`, verdict: 'has-value' },
    ]);
  });

  test('the servers of the longest zone are asked, below its apex too', async () => {
    const name = `team.${emailDomain}`;
    const { evidence, port } = await observe({
      name,
      one: silent,
      two: serve({ apex: emailDomain, records: [txt(name, expectedValue)] }),
      nameServers: (at) => ({
        kind: 'by-zone',
        zones: [
          { zone: 'test', servers: [{ address: firstServer, port: at }] },
          { zone: emailDomain, servers: [{ address: secondServer, port: at }] },
        ],
      }),
    });
    expect(evidence.servers).toMatchObject([{ address: `${secondServer}:${port}`, verdict: 'has-value' }]);
  });
});

test('an aborted signal is thrown as it is', async () => {
  const cancel = new AbortController();
  const reason = { why: 'the activity was cancelled' };
  const cancelling: Respond = () => {
    cancel.abort(reason);
    return null;
  };
  await using servers = await startDnsServers({
    [resolverAddress]: resolve(...hosts),
    [firstServer]: cancelling,
    [secondServer]: complete,
  });
  const { port } = servers;
  const dns = createDns({
    nameServers: { kind: 'none' },
    resolvers: [{ address: resolverAddress, port }],
    authoritativePort: port,
  });
  const observed = dns.observeTxt({ zone, name: emailDomain, value: expectedValue, signal: cancel.signal });
  await expect(observed).rejects.toBe(reason);
});
