/** How long real caches hide a value, against what the zone's servers said beforehand. */
import { describe, expect, test, vi } from 'vitest';

import { createDns } from '../../../src/dns/dns.ts';
import type { SocketAddress } from '../../../src/dns/wire/socket-address.ts';
import { chunksOf } from '../../../src/dns/wire/txt-answer.ts';
import { hasTxtValue } from '../../../src/dns/wire/txt.ts';
import { queryServer } from '../../../src/dns/wire/client.ts';
import type { WireAnswer } from '../../../src/dns/wire/message.ts';
import { writeMasterFile } from '../master-file.ts';
import { requireInstalled } from '../servers/installed.ts';
import { startNamed } from '../servers/named.ts';
import { startNsd } from '../servers/nsd.ts';
import { startUnbound } from '../servers/unbound.ts';
import { withoutSystemResolvers } from '../system-resolvers.ts';

const zoneApex = 'example.test';
const ownerName = 'team.example.test';
const authorityAddress = '127.0.0.91';
const expectedValue = 'cloudflare_dashboard_sso=4c1d';
const { signal } = new AbortController();

withoutSystemResolvers();

const zoneText = (records: string[], minimum: number): string =>
  writeMasterFile({ apex: zoneApex, nameServers: [authorityAddress], minimum, ttl: minimum, records });

/** What a server answers anybody who asks it for the TXT values. */
async function ask({ address, port }: SocketAddress, name = ownerName): Promise<WireAnswer> {
  const server = { address, port };
  return await queryServer({ server, role: 'unchecked', name, type: 'TXT', timeoutMilliseconds: 5000, signal });
}

/** The seconds for which a cache goes on saying so. */
function remainingSeconds({ answers, authorities }: WireAnswer): number {
  const ttls = [...answers, ...authorities].map(({ ttl }) => ttl ?? 0);
  if (ttls.length === 0) throw new Error('Without a record an answer has no TTL.');
  return Math.max(...ttls);
}

const old = { rcode: 'NOERROR', answers: [{ type: 'TXT', data: [Buffer.from('old')] }] };
const absent = { rcode: 'NXDOMAIN', answers: [] };

function isPublished({ answers }: WireAnswer): boolean {
  const records = answers.flatMap((record) => (record.type === 'TXT' ? [chunksOf(record)] : []));
  return hasTxtValue(records, expectedValue);
}

/** Long enough to ask once more after the change; where it was not, there is another round. */
const holdSeconds = 5;
const rounds = 5;
const waitOptions = { timeout: 30_000, interval: 200 };

describe.skipIf(!requireInstalled('nsd', 'unbound'))('a cache that was asked before the value was published', () => {
  test.each([
    {
      what: 'has the old values, for no longer than their TTL',
      word: 'old',
      records: [`team ${holdSeconds} TXT "old"`],
      because: 'old-values',
      before: old,
      minimum: 900,
    },
    {
      what: 'has "no such name", for no longer than the negative TTL',
      word: 'absent',
      records: [],
      because: 'no-values',
      before: absent,
      minimum: holdSeconds,
    },
  ])('$what', async ({ word, records, because, before, minimum }) => {
    const unpublished = zoneText(records, minimum);
    await using authority = await startNsd(authorityAddress, { [zoneApex]: unpublished });
    await using cache = await startUnbound({ address: '127.0.0.72', stubs: [{ zone: zoneApex, server: authority }] });
    const dns = createDns({
      nameServers: { kind: 'all', servers: [{ address: authorityAddress, port: authority.port }] },
      resolvers: [{ address: cache.address, port: cache.port }],
    });

    const search = await dns.findPublishingZone({ emailDomain: ownerName, signal });
    expect(search).toMatchObject({ kind: 'found', caches: { seconds: holdSeconds, because } });
    if (search.kind !== 'found') throw new Error(search.reason);

    let early = await ask(cache);
    let changedAt = NaN;
    const publish = async (): Promise<WireAnswer> => {
      expect(early).toMatchObject(before);
      expect(remainingSeconds(early)).toBeGreaterThan(0);
      expect(remainingSeconds(early)).toBeLessThanOrEqual(holdSeconds);
      await authority.change(zoneApex, zoneText([...records, `team ${holdSeconds} TXT "${expectedValue}"`], minimum));
      changedAt = performance.now();
      expect(isPublished(await ask(authority))).toBe(true);
      return await ask(cache);
    };
    let held = await publish();
    for (let round = 2; round <= rounds && isPublished(held); round += 1) {
      await authority.change(zoneApex, unpublished);
      early = await vi.waitFor(async () => {
        const answer = await ask(cache);
        expect(answer).toMatchObject(before);
        return answer;
      }, waitOptions);
      held = await publish();
    }
    expect(held).toMatchObject(before);
    expect(remainingSeconds(held)).toBeLessThanOrEqual(holdSeconds);

    const { zone } = search;
    await vi.waitFor(async () => {
      const { servers, resolvers } = await dns.observeTxt({ zone, name: ownerName, value: expectedValue, signal });
      expect(servers).toMatchObject([{ verdict: 'has-value' }]);
      expect(resolvers).toMatchObject([{ verdict: 'has-value' }]);
    }, waitOptions);
    const hiddenSeconds = ((performance.now() - changedAt) / 1000).toFixed(1);
    console.log(`what the cache saw: ${word} for ${hiddenSeconds} s after the change; estimate ${holdSeconds} s`);
  });
});

describe.skipIf(!requireInstalled('nsd', 'named'))('NSD as authority behind BIND as cache', () => {
  test('our queries leave nothing in the cache, where an early query would have', async () => {
    const parent = writeMasterFile({
      apex: 'test',
      nameServers: [authorityAddress],
      records: ['example NS ns1.example', `ns1.example A ${authorityAddress}`],
    });
    await using authority = await startNsd(authorityAddress, { test: parent, [zoneApex]: zoneText([], 900) });
    const forwarders = `forwarders { ${authorityAddress} port ${authority.port}; };`;
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

    const search = await dns.findPublishingZone({ emailDomain: ownerName, signal });
    expect(search).toMatchObject({
      kind: 'found',
      zone: { apex: zoneApex, nameServers: ['ns1.example.test'], source: 'discovered' },
      caches: { seconds: 900, because: 'no-values' },
      problems: [],
    });
    if (search.kind !== 'found') throw new Error(search.reason);
    const { zone } = search;
    const observe = async () => await dns.observeTxt({ zone, name: ownerName, value: expectedValue, signal });
    expect(await observe()).toMatchObject({ servers: [{ verdict: 'lacks-value', detail: 'NXDOMAIN' }], resolvers: [] });
    expect(await ask(cache, control)).toMatchObject({ rcode: 'NXDOMAIN' });

    await authority.change(zoneApex, zoneText([`team TXT "${expectedValue}"`, `early TXT "${expectedValue}"`], 900));
    // The first question that the cache gets about the name.
    expect(await ask(cache)).toMatchObject({
      rcode: 'NOERROR',
      answers: [{ type: 'TXT', data: [Buffer.from(expectedValue)] }],
    });
    expect(await observe()).toMatchObject({
      servers: [{ verdict: 'has-value' }],
      resolvers: [{ verdict: 'has-value' }],
      findings: [],
    });
    const trapped = await ask(cache, control);
    expect(trapped).toMatchObject(absent);
    // It has been counting down since the early question, and from no more than the estimate.
    expect(remainingSeconds(trapped)).toBeGreaterThan(0);
    expect(remainingSeconds(trapped)).toBeLessThanOrEqual(900);
  });
});
