import { describe, expect, test } from 'vitest';

import { nxdomain, servfail, startDnsServers } from '../../dns/dns-server.ts';
import type { Respond } from '../../dns/dns-server.ts';
import { startBlackHole } from '../../dns/servers/black-hole.ts';
import { a, ns, resolve, serve, soa, txt } from '../../dns/zones.ts';
import { runStarter } from '../run-starter.ts';

const DOMAIN = 'example.test';
const VALUE = 'cloudflare_dashboard_sso=4c1d';
const ONE = '127.0.0.3';
const TWO = '127.0.0.4';
const RESOLVER = '127.0.0.53';

/** The zone as a server with this serial and these values has it. */
const zone = (serial: number, ...values: string[]): Respond => {
  const respond = serve({
    apex: DOMAIN,
    records: [
      ns(DOMAIN, 'ns1.example.test'),
      ns(DOMAIN, 'ns2.example.test'),
      a('www.example.test', '192.0.2.1'),
      ...values.map((value) => txt(DOMAIN, value)),
    ],
  });
  return (query) =>
    query.type === 'SOA' && query.name === DOMAIN ? { aa: true, answers: [soa(DOMAIN, serial)] } : respond(query);
};
const current = zone(42, 'v=spf1 -all', VALUE);
const older = zone(41, 'v=spf1 -all');
const unregistered: Respond = () => ({ aa: true, rcode: nxdomain, authorities: [soa('test')] });
const failing: Respond = () => ({ rcode: servfail });

interface World {
  one?: Respond;
  two?: Respond;
  /** Further addresses among the name servers. */
  more?: string[];
}

/** The command, with a Temporal address where nothing listens. */
async function dns({ one = current, two = current, more = [] }: World, ...args: string[]) {
  await using servers = await startDnsServers({
    [ONE]: one,
    [TWO]: two,
    [RESOLVER]: resolve(txt(DOMAIN, 'v=spf1 -all'), txt(DOMAIN, VALUE)),
  });
  const { port } = servers;
  const environment = {
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere',
    DNS_NAMESERVERS: [`${ONE}:${port}`, `${TWO}:${port}`, ...more].join(),
    DNS_RESOLVERS: `${RESOLVER}:${port}`,
  };
  const { code, stdout, stderr } = await runStarter({ environment }, 'dns', ...args);
  const resolverWasAsked = servers.queriesOf(RESOLVER).length > 0;
  return { code, stdout: stdout.replaceAll(`:${port}`, ':53535'), stderr, resolverWasAsked };
}

/** The lines, without the widths and times that differ from run to run. */
function plain(stdout: string, ...addresses: string[]): string {
  let text = stdout.replaceAll(/\d+ ms/g, '# ms');
  for (const address of addresses) text = text.replaceAll(address, 'hole:53535');
  return `\n${text.replaceAll(/(?<=\S) {2,}/g, '  ')}`;
}

describe('a domain with one name server that lags and one that is dead', () => {
  test('is shown as a table, with what is wrong, and ends with 1', async () => {
    await using blackHole = await startBlackHole();
    const hole = `${blackHole.address}:${blackHole.port}`;
    const { code, stdout, stderr, resolverWasAsked } = await dns(
      { two: older, more: [hole] },
      DOMAIN,
      '--value',
      VALUE,
    );
    expect(stderr).toBe('');
    expect(plain(stdout, hole)).toBe(`
domain  example.test
value  "cloudflare_dashboard_sso=4c1d"
zone  example.test on ns1.example.test, ns2.example.test (queries go to the servers in DNS_NAMESERVERS)
caches  a new value is expected everywhere 1 min after the last server has it: until then caches may hold the current values

name server  answer  took  serial
127.0.0.3:53535  has it: 2 TXT values, this one among them  # ms  42
127.0.0.4:53535  lacks it: 1 TXT value, not this one  # ms  41
hole:53535  unreachable: no answer within 1.25 s  -  -

Resolvers are not queried until the name servers agree: they would cache an early answer.

findings
  - hole:53535: no answer (hole:53535: no answer within 1.25 s)
  - 127.0.0.4:53535 has serial 41, others 42: it is behind
`);
    expect(resolverWasAsked).toBe(false);
    expect(code).toBe(1);
  });
});

describe('a domain with nothing wrong', () => {
  test('ends with 0 when every name server has the value, and shows resolvers', async () => {
    const { code, stdout } = await dns({}, 'Example.TEST.', '--value', VALUE);
    expect(plain(stdout)).toContain(`
resolver  answer
127.0.0.53:53535  has it: 2 TXT values, this one among them

Nothing is wrong.
`);
    expect(code).toBe(0);
  });

  test('has columns that stand below each other', async () => {
    const { stdout } = await dns({}, DOMAIN);
    const lines = stdout.split('\n');
    const header = lines.find((line) => line.startsWith('name server')) ?? '';
    const rows = lines.filter((line) => line.startsWith('127.0.0.') && line.includes(' ms'));
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(row.indexOf('same: 2 TXT values')).toBe(header.indexOf('answer'));
      expect(row.lastIndexOf('42')).toBe(header.indexOf('serial'));
    }
  });

  test('is one object with --json', async () => {
    const { code, stdout } = await dns({}, DOMAIN, '--json');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({
      emailDomain: DOMAIN,
      value: null,
      sound: true,
      zone: { apex: DOMAIN, nameServers: ['ns1.example.test', 'ns2.example.test'], source: 'configured' },
      caches: { seconds: 60, because: 'old-values' },
      agreed: true,
      servers: [ONE, TWO].map((address) => ({
        name: `${address}:53535`,
        address: `${address}:53535`,
        verdict: 'same-values',
        detail: '2 TXT values',
        milliseconds: expect.any(Number) as unknown,
        serial: 42,
      })),
      resolvers: [{ address: `${RESOLVER}:53535`, verdict: 'same-values', detail: '2 TXT values' }],
      findings: [],
      problems: [],
    });
    expect(code).toBe(0);
  });
});

test('resolvers are not asked about a name that has no values yet', async () => {
  const { code, stdout, resolverWasAsked } = await dns({}, `team.${DOMAIN}`);
  expect(stdout).toContain('same: NXDOMAIN');
  expect(stdout).toContain('Resolvers are not queried while there are no values: they would cache that answer.');
  expect(resolverWasAsked).toBe(false);
  expect(code).toBe(0);
});

const remedy =
  'correct its spelling, or register example.test and delegate it to name servers that answer for it; ' +
  'where public DNS cannot be seen from here, set DNS_RESOLVERS or DNS_NAMESERVERS';

describe('something is wrong, and the command ends with 1', () => {
  const wildcard: Respond = (query) => {
    if (query.name === DOMAIN || query.name.startsWith('ns')) return current(query);
    const answers = query.type === 'TXT' ? [txt(query.name, 'v=spf1 -all')] : [];
    return { aa: true, answers, authorities: answers.length > 0 ? [] : [soa(DOMAIN)] };
  };

  test.each<[string, World, string[], string]>([
    ['servers that differ', { two: older }, [DOMAIN], 'differs: 1 TXT value, not the values of the others'],
    ['servers without the value', { one: older, two: older }, [DOMAIN, '--value', VALUE], 'lacks it: 1 TXT value'],
    ['a wildcard', { one: wildcard, two: wildcard }, [`team.${DOMAIN}`], '→ copy these records to team.example.test'],
    ['no delegation', { one: unregistered, two: unregistered }, [DOMAIN], `→ ${remedy}`],
    ['servers of which none answers', { one: failing, two: failing }, [DOMAIN], `→ ${remedy}`],
  ])('for %s', async (_, world, args, text) => {
    const { code, stdout } = await dns(world, ...args);
    expect(stdout).toContain(text);
    expect(stdout).not.toContain('Nothing is wrong');
    expect(code).toBe(1);
  });

  const whyUnregistered =
    'example.test is not delegated: the servers of test know no such name, so it is not registered, has expired or is on hold.';
  const whyFailing = 'example.test SOA at the configured servers: 127.0.0.3:53535: SERVFAIL; 127.0.0.4:53535: SERVFAIL';

  test.each([
    ['no delegation', unregistered, whyUnregistered],
    ['servers of which none answers, each with its reason', failing, whyFailing],
  ])('and with --json writes one object, for %s', async (_, respond, problem) => {
    const { code, stdout, stderr } = await dns({ one: respond, two: respond }, DOMAIN, '--json');
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({
      emailDomain: DOMAIN,
      value: null,
      sound: false,
      zone: null,
      caches: null,
      agreed: false,
      servers: [],
      resolvers: [],
      findings: [],
      problems: [{ subject: 'DNS', problem, remedy }],
    });
    expect(code).toBe(1);
  });
});

describe('wrong usage ends with 2', () => {
  test.each([
    ['not a domain', ['not_a_domain'], 'not_a_domain'],
    ['an empty value', [DOMAIN, '--value', ''], '--value is empty'],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await dns({}, ...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

test('the help names the variables that it obeys, and the exit codes', async () => {
  const { code, stdout } = await dns({}, '--help');
  expect(code).toBe(0);
  for (const text of ['DNS_RESOLVERS', 'DNS_NAMESERVERS', '0  nothing is wrong', '1  something is wrong', '2  wrong'])
    expect(stdout).toContain(`  ${text}`);
});
