import { describe, expect, test } from 'vitest';

import { startDnsServers } from '../dns/dns-server.ts';
import type { Respond } from '../dns/dns-server.ts';
import { serialOf, startPrimary, writeKey, zoneOf } from '../dns/providers/rfc2136/zones.ts';
import { requireInstalled } from '../dns/servers/installed.ts';
import { ns, serve, txt } from '../dns/zones.ts';
import { createWorkingWorld, domain, diagnoseIn, nowhere, textContaining } from './set-ups.ts';

describe('DNS that is not ready', () => {
  const zone = serve({ apex: domain, records: [ns(domain, 'ns1.example.com'), txt(domain, 'v=spf1 -all')] });
  const udpOnly: Respond = (query) => (query.transport === 'tcp' ? null : zone(query));

  test('blocked TCP is named, for resolvers and for name servers', async () => {
    await using world = await createWorkingWorld();
    await using servers = await startDnsServers({ '127.0.0.3': udpOnly });
    const address = `127.0.0.3:${servers.port}`;
    const environment = { ...world.environment, DNS_NAMESERVERS: address, DNS_RESOLVERS: address };
    const { broken, check } = await diagnoseIn({ ...environment, DNS_PROVIDER: 'manual' }, {}, 2000);
    expect(broken).toEqual([
      textContaining(`resolvers over TCP: none answers (${address}: no answer within 2 s) → open TCP port 53`),
      textContaining(`name servers over TCP: none answers (${address}: no answer within 2 s) → open TCP port 53`),
    ]);
    expect(check('zone of example.com')?.state).toBe('ok');
    expect(servers.queriesOf('127.0.0.3').some(({ name, type }) => name === domain && type === 'SOA')).toBe(true);
  });

  test('servers where nothing listens are reported by transport, and the zone is not known', async () => {
    await using world = await createWorkingWorld();
    const { broken, skipped } = await diagnoseIn({ ...world.environment, DNS_NAMESERVERS: nowhere });
    expect(broken).toEqual([
      textContaining('zone of example.com: example.com SOA at the configured servers'),
      textContaining(`name servers over UDP: none answers (${nowhere}: connection refused)`),
      textContaining(`name servers over TCP: none answers (${nowhere}: connection refused)`),
    ]);
    expect(skipped).toEqual(['DNS provider']);
  });

  test('resolvers are never asked about the domain', async () => {
    await using world = await createWorkingWorld();
    await using servers = await startDnsServers({ '127.0.0.53': () => ({ ra: true }) });
    await diagnoseIn({ ...world.environment, DNS_RESOLVERS: `127.0.0.53:${servers.port}` });
    expect(servers.queriesOf('127.0.0.53').map(({ name, type, transport }) => [name, type, transport])).toEqual(
      expect.arrayContaining([
        ['.', 'NS', 'udp'],
        ['.', 'NS', 'tcp'],
      ]),
    );
    expect(servers.queriesOf('127.0.0.53').filter(({ name }) => name !== '.')).toEqual([]);
  });

  test('a domain that may not be onboarded is refused, and the rest is checked', async () => {
    await using world = await createWorkingWorld();
    const { broken, emailDomain, check } = await diagnoseIn(world.environment, { domain: 'gmail.com' });
    expect(broken).toEqual([textContaining('e-mail domain: gmail.com belongs to a public mail provider')]);
    expect(emailDomain).toBeNull();
    expect(check('API token')?.state).toBe('ok');
  });

  test('a zone that has moved away from Cloudflare is named with where it is now', async () => {
    await using world = await createWorkingWorld();
    world.simulator.account.patch({ zones: [{ name: domain, status: 'moved' }] });
    await using servers = await startDnsServers({ '127.0.0.3': zone });
    const environment = { ...world.environment, DNS_NAMESERVERS: `127.0.0.3:${servers.port}` };
    const { broken } = await diagnoseIn(environment);
    expect(broken).toEqual([
      'zone at cloudflare: Cloudflare\'s zone is "moved", so its records are not visible to the world → ' +
        'publish where DNS is served (ns1.example.com), for instance with the provider "manual"',
    ]);
  });

  test('a domain that nobody has registered is not delegated', async () => {
    await using world = await createWorkingWorld();
    await using servers = await startDnsServers({
      '127.0.0.3': serve({ apex: 'com', records: [ns('com', 'ns.tld.com')] }),
    });
    const environment = { ...world.environment, DNS_NAMESERVERS: `127.0.0.3:${servers.port}` };
    const { broken } = await diagnoseIn(environment);
    expect(broken).toEqual([textContaining('zone of example.com: example.com is not delegated')]);
  });
});

describe.runIf(requireInstalled('named', 'nsupdate'))('dynamic updates at a real primary', () => {
  test.each([
    ['the key it knows', {}, []],
    ['a key with another secret', { secret: 'bm90IHRoZSBzZWNyZXQ=' }, [textContaining('zone at rfc2136: ')]],
  ])('are tried with %s', async (_name, key, expected) => {
    await using world = await createWorkingWorld();
    await using named = await startPrimary(zoneOf(domain));
    const before = await serialOf(named, domain);
    const { broken, check } = await diagnoseIn({
      ...world.environment,
      DNS_NAMESERVERS: `${named.address}:${named.port}`,
      DNS_PROVIDER: 'rfc2136',
      RFC2136_SERVER: `${named.address}:${named.port}`,
      RFC2136_TSIG_KEY_FILE: await writeKey(named, key),
    });
    expect(broken).toEqual(expected);
    expect(check('nsupdate')?.state).toBe('ok');
    expect(await serialOf(named, domain)).toBe(before);
  });
});
