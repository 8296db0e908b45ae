/** A primary, a secondary that gets the zone late, and an address where questions vanish. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test, vi } from 'vitest';

import type { DnsEvidence } from '../../../src/contract/schemas/dns.ts';
import { decidePropagation } from '../../../src/decisions/propagation.ts';
import { createDns } from '../../../src/dns/dns.ts';
import type { Dns } from '../../../src/dns/dns.ts';
import type { SocketAddress } from '../../../src/dns/wire/socket-address.ts';
import { writeMasterFile } from '../master-file.ts';
import { startBlackHole } from '../servers/black-hole.ts';
import { requireInstalled } from '../servers/installed.ts';
import { startNamed } from '../servers/named.ts';
import { startUnbound } from '../servers/unbound.ts';

const zoneApex = 'example.test';
const expectedValue = 'cloudflare_dashboard_sso=4c1d';
const { signal } = new AbortController();

const zoneText = (serial: number, ...values: string[]): string =>
  writeMasterFile({
    apex: zoneApex,
    nameServers: ['127.0.0.1', '127.0.0.1'],
    serial,
    records: values.map((value) => `@ TXT "${value}"`),
  });

/** `example.test` at both servers with serial 41, and then at the primary alone with serial 42 and the value. */
async function startServers() {
  await using started = new AsyncDisposableStack();
  const primary = started.use(
    await startNamed({
      zones: [{ apex: zoneApex, text: zoneText(41, 'v=spf1 -all'), extra: 'allow-transfer { any; };' }],
    }),
  );
  const { address, port } = primary;
  const secondary = started.use(
    await startNamed({ zones: [{ apex: zoneApex, type: 'secondary', primaries: `${address} port ${port}` }] }),
  );
  const cache = started.use(
    await startUnbound({ address: '127.0.0.72', stubs: [{ zone: zoneApex, server: primary }] }),
  );
  const kept = started.move();
  return {
    primary,
    secondary,
    cache,
    async publishAtPrimary() {
      await writeFile(join(primary.folder, `${zoneApex}.zone`), zoneText(42, 'v=spf1 -all', expectedValue));
      await primary.rndc('reload', zoneApex);
    },
    [Symbol.asyncDispose]: async () => await kept.disposeAsync(),
  };
}

function dnsOf(servers: SocketAddress[], resolver: SocketAddress): Dns {
  return createDns({
    nameServers: { kind: 'all', servers: servers.map(({ address, port }) => ({ address, port })) },
    resolvers: [{ address: resolver.address, port: resolver.port }],
    timeoutMilliseconds: 500,
  });
}

async function observe(dns: Dns): Promise<DnsEvidence> {
  const zone = { apex: zoneApex, nameServers: ['ns1.example.test', 'ns2.example.test'], source: 'configured' as const };
  return await dns.observeTxt({ zone, name: zoneApex, value: expectedValue, signal });
}

describe.skipIf(!requireInstalled('named', 'rndc', 'unbound'))('a secondary that lags', () => {
  test('is named with its serial beside a dead server, keeps resolvers unasked, and then agrees', async () => {
    await using servers = await startServers();
    await using hole = await startBlackHole();
    const { primary, secondary, cache } = servers;
    const dns = dnsOf([primary, secondary, hole], cache);
    const [one, two, three] = [primary, secondary, hole].map(({ port }) => `127.0.0.1:${port}`);
    const dead = `${three}: no answer (${three}: no answer within 0.5 s)`;

    await vi.waitFor(
      async () => expect((await observe(dns)).servers).toMatchObject([{ serial: 41 }, { serial: 41 }, {}]),
      { timeout: 30_000, interval: 50 },
    );
    await servers.publishAtPrimary();
    const before = await vi.waitFor(
      async () => {
        const evidence = await observe(dns);
        expect(evidence.servers[0]).toMatchObject({ verdict: 'has-value', serial: 42 });
        return evidence;
      },
      { timeout: 30_000, interval: 50 },
    );
    expect(before.servers).toMatchObject([
      { name: one, verdict: 'has-value', milliseconds: expect.any(Number) as unknown },
      { name: two, verdict: 'lacks-value', detail: '1 TXT value, not this one', serial: 41 },
      { name: three, verdict: 'unreachable', milliseconds: null, serial: null },
    ]);
    expect(before.findings).toEqual([dead, `${two} has serial 41, others 42: it is behind`]);
    expect(before.resolvers).toEqual([]);
    expect(decidePropagation(before, 0, { maxSeconds: 3600 })).toMatchObject({
      kind: 'wait',
      reason: expect.stringContaining(`not yet: ${two}`) as unknown,
    });

    await secondary.rndc('retransfer', zoneApex);
    const after = await vi.waitFor(
      async () => {
        const evidence = await observe(dns);
        expect(evidence.servers[1]).toMatchObject({ verdict: 'has-value', serial: 42 });
        return evidence;
      },
      { timeout: 30_000, interval: 50 },
    );
    expect(after.findings).toEqual([dead]);
    // Nobody asked it before, so it remembers nothing older.
    expect(after.resolvers).toMatchObject([{ address: `127.0.0.72:${cache.port}`, verdict: 'has-value' }]);
    expect(decidePropagation(after, 0, { maxSeconds: 3600 }).kind).toBe('propagated');
  });

  test('differs from the others where no value is searched for, and then does not', async () => {
    await using servers = await startServers();
    const { primary, secondary, cache } = servers;
    const reportOf = async (...queried: SocketAddress[]) =>
      await dnsOf(queried, cache).observeDomain({ emailDomain: zoneApex, value: null, signal });
    const report = async () => await reportOf(primary, secondary);

    await vi.waitFor(async () => expect(await report()).toMatchObject({ agreed: true, sound: true }), {
      timeout: 30_000,
      interval: 50,
    });
    await servers.publishAtPrimary();
    const differing = await vi.waitFor(
      async () => {
        const seen = await report();
        expect(seen.agreed).toBe(false);
        return seen;
      },
      { timeout: 30_000, interval: 50 },
    );
    expect(differing).toMatchObject({
      sound: false,
      caches: { seconds: 60, because: 'old-values' },
      servers: [
        { verdict: 'same-values', detail: '2 TXT values', serial: 42 },
        { verdict: 'other-values', detail: '1 TXT value, not the values of the others', serial: 41 },
      ],
      resolvers: [],
    });
    // Of one server each, the older serial is the stale one, whichever is listed first.
    expect(await reportOf(secondary, primary)).toMatchObject({
      servers: [
        { verdict: 'other-values', serial: 41 },
        { verdict: 'same-values', serial: 42 },
      ],
    });
    await secondary.rndc('retransfer', zoneApex);
    await vi.waitFor(async () => expect(await report()).toMatchObject({ agreed: true, sound: true }), {
      timeout: 30_000,
      interval: 50,
    });
    // It was asked while the values were the old ones, and still has those.
    expect(await report()).toMatchObject({
      servers: [{ verdict: 'same-values' }, { verdict: 'same-values' }],
      resolvers: [{ verdict: 'other-values', detail: '1 TXT value, not the values of the others' }],
    });
  });
});
