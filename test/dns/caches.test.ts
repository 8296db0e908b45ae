/** How long real caches hide a value, against what the zone's servers said beforehand. */
import { describe, expect, test, vi } from 'vitest';

import { createDns } from '../../src/dns/dns.ts';
import type { SocketAddress } from '../../src/dns/socket-address.ts';
import { askServer } from '../../src/dns/wire-client.ts';
import type { WireAnswer } from '../../src/dns/wire-message.ts';
import { writeMasterFile } from './master-file.ts';
import { requireInstalled } from './servers/installed.ts';
import { startNamed } from './servers/named.ts';
import { startNsd } from './servers/nsd.ts';
import { startUnbound } from './servers/unbound.ts';
import { withoutSystemResolvers } from './system-resolvers.ts';

const APEX = 'example.test';
const NAME = 'team.example.test';
const AUTHORITY = '127.0.0.91';
const VALUE = 'cloudflare_dashboard_sso=4c1d';
const { signal } = new AbortController();

withoutSystemResolvers();

const zoneText = (records: string[], minimum: number): string =>
  writeMasterFile({ apex: APEX, nameServers: [AUTHORITY], minimum, ttl: minimum, records });

/** What the cache answers anybody who asks it for the TXT values. */
async function askCache({ address, port }: SocketAddress, name = NAME): Promise<WireAnswer> {
  const server = { address, port };
  return await askServer({ server, role: 'unchecked', name, type: 'TXT', timeoutMilliseconds: 5000, signal });
}

/** The seconds for which the cache goes on saying so. */
function remainingSeconds({ answers, authorities }: WireAnswer): number {
  return Math.max(...[...answers, ...authorities].map(({ ttl }) => ttl ?? 0));
}

describe.skipIf(!requireInstalled('nsd', 'unbound'))('a cache that was asked before the value was published', () => {
  test.each([
    ['has the old values, for no longer than their TTL', ['team 3 TXT "old"'], 'old-values', 900],
    ['has "no such name", for no longer than the negative TTL', [], 'no-values', 3],
  ] as const)('%s', async (_, records, because, minimum) => {
    await using authority = await startNsd(AUTHORITY, { [APEX]: zoneText([...records], minimum) });
    await using cache = await startUnbound({ address: '127.0.0.72', stubs: [{ zone: APEX, server: authority }] });
    const dns = createDns({
      nameServers: { kind: 'all', servers: [{ address: AUTHORITY, port: authority.port }] },
      resolvers: [{ address: cache.address, port: cache.port }],
    });

    const search = await dns.findPublishingZone({ emailDomain: NAME, signal });
    expect(search).toMatchObject({ kind: 'found', caches: { seconds: 3, because } });
    const early = await askCache(cache);
    expect(remainingSeconds(early)).toBeLessThanOrEqual(3);

    await authority.change(APEX, zoneText([...records, `team 3 TXT "${VALUE}"`], minimum));
    const zone = { apex: APEX, nameServers: ['ns1.example.test'], source: 'configured' as const };
    await vi.waitFor(
      async () => {
        const { servers, resolvers } = await dns.observeTxt({ zone, name: NAME, value: VALUE, signal });
        expect(servers).toMatchObject([{ verdict: 'has-value' }]);
        const held = await askCache(cache);
        expect(remainingSeconds(held)).toBeLessThanOrEqual(3);
        expect(resolvers).toMatchObject([{ verdict: 'has-value' }]);
      },
      { timeout: 30_000, interval: 200 },
    );
  });
});

describe.skipIf(!requireInstalled('nsd', 'named'))('NSD as authority behind BIND as cache', () => {
  test('our looks leave nothing in the cache, where an early question would have', async () => {
    const parent = writeMasterFile({
      apex: 'test',
      nameServers: [AUTHORITY],
      records: ['example NS ns1.example', `ns1.example A ${AUTHORITY}`],
    });
    await using authority = await startNsd(AUTHORITY, { test: parent, [APEX]: zoneText([], 900) });
    const forwarders = `forwarders { ${AUTHORITY} port ${authority.port}; };`;
    await using cache = await startNamed({
      zones: [],
      recursion: true,
      extra: `zone "test" { type forward; forward only; ${forwarders} };`,
    });
    const dns = createDns({
      nameServers: { kind: 'none' },
      resolvers: [{ address: cache.address, port: cache.port }],
      authoritativePort: authority.port,
    });
    const control = 'early.example.test';

    const search = await dns.findPublishingZone({ emailDomain: NAME, signal });
    expect(search).toMatchObject({
      kind: 'found',
      zone: { apex: APEX, nameServers: ['ns1.example.test'], source: 'discovered' },
      caches: { seconds: 900, because: 'no-values' },
      problems: [],
    });
    if (search.kind !== 'found') throw new Error(search.reason);
    const { zone } = search;
    const observe = async () => await dns.observeTxt({ zone, name: NAME, value: VALUE, signal });
    expect(await observe()).toMatchObject({ servers: [{ verdict: 'lacks-value', detail: 'NXDOMAIN' }], resolvers: [] });
    expect(await askCache(cache, control)).toMatchObject({ rcode: 'NXDOMAIN' });

    await authority.change(APEX, zoneText([`team TXT "${VALUE}"`, `early TXT "${VALUE}"`], 900));
    // The first question that the cache gets about the name.
    expect(await askCache(cache)).toMatchObject({
      rcode: 'NOERROR',
      answers: [{ type: 'TXT', data: [Buffer.from(VALUE)] }],
    });
    expect(await observe()).toMatchObject({
      servers: [{ verdict: 'has-value' }],
      resolvers: [{ verdict: 'has-value' }],
      findings: [],
    });
    const trapped = await askCache(cache, control);
    expect(trapped).toMatchObject({ rcode: 'NXDOMAIN', answers: [] });
    expect(remainingSeconds(trapped)).toBeLessThanOrEqual(900);
  });
});
