import { describe, expect, test } from 'vitest';

import type { DnsSettings } from '../../../../src/dns/resolve/settings.ts';
import type { NameServerOverrides } from '../../../../src/dns/resolve/name-server-overrides.ts';
import { findPrimary } from '../../../../src/dns/providers/rfc2136/primary.ts';
import { createResolvers } from '../../../../src/dns/resolve/resolvers.ts';
import { servfail, startDnsServers } from '../../dns-server.ts';
import type { Respond } from '../../dns-server.ts';
import { shownZone } from './zones.ts';
import { a, ns, resolve, serve, soa } from '../../zones.ts';
import type { Zone } from '../../zones.ts';

const resolverAddress = '127.0.0.53';
const secondaryServer = '127.0.0.3';
const primaryServer = '127.0.0.4';
const otherServer = '127.0.0.5';

const apex = 'example.test';
const zone: Zone = { apex, records: [ns(apex, 'ns1.example.test')] };
const hosts = [a('ns1.example.test', secondaryServer), a('ns.example.test', primaryServer)];

/** A server whose SOA names this primary. */
function naming(mname: string): Respond {
  const record = soa(apex);
  if (record.type !== 'SOA') throw new TypeError('It is a SOA');
  return () => ({ aa: true, answers: [{ ...record, data: { ...record.data, mname } }] });
}

const otherAlone = (port: number): NameServerOverrides => ({ kind: 'all', servers: [{ address: otherServer, port }] });

/** What the search comes to, and what the resolver was asked; `ns.example.test` is the primary by default. */
async function search(
  changes: Record<string, Respond> = {},
  nameServers: (port: number) => NameServerOverrides = () => ({ kind: 'none' }),
) {
  await using servers = await startDnsServers({
    [resolverAddress]: resolve(...hosts),
    [secondaryServer]: serve(zone),
    [primaryServer]: serve(zone),
    [otherServer]: serve(zone),
    ...changes,
  });
  const { port } = servers;
  const preferred = [{ address: resolverAddress, port }];
  const settings: DnsSettings = {
    nameServers: nameServers(port),
    resolvers: createResolvers({ preferred, fallback: () => [], timeoutMilliseconds: 5000 }),
    authoritativePort: port,
    timeoutMilliseconds: 1000,
  };
  const { signal } = new AbortController();
  const request = { zone: shownZone(apex, 'ns1.example.test'), emailDomain: apex, signal };
  const outcome: unknown = await findPrimary(settings, request).catch((error: unknown) => error);
  const asked = new Set(servers.queriesOf(resolverAddress).map(({ name }) => name));
  return { outcome, port, asked: [...asked].toSorted() };
}

describe.concurrent('the primary of a zone', () => {
  test('is the server that the SOA names, found without a question to resolvers about the domain', async () => {
    const { outcome, port, asked } = await search();
    expect(outcome).toStrictEqual({ address: primaryServer, port });
    expect(asked).toStrictEqual(['ns.example.test', 'ns1.example.test']);
  });

  test('is searched for at the servers that replace discovery', async () => {
    const { outcome, port, asked } = await search({ [secondaryServer]: () => ({ rcode: servfail }) }, otherAlone);
    expect(outcome).toStrictEqual({ address: primaryServer, port });
    expect(asked).toStrictEqual(['ns.example.test']);
  });

  test('is that one of its addresses which answers for the zone', async () => {
    const two = resolve(...hosts, a('ns.example.test', otherServer));
    const { outcome, port } = await search({ [resolverAddress]: two, [primaryServer]: serve() });
    expect(outcome).toStrictEqual({ address: otherServer, port });
  });

  test.each([
    ['has no address', { [secondaryServer]: naming('nowhere.example.net') }, 'which has no address'],
    ['is the root', { [secondaryServer]: naming('.') }, 'which has no address'],
    ['is the e-mail domain itself', { [secondaryServer]: naming(apex) }, 'resolvers must not be queried for'],
    ['does not serve the zone', { [primaryServer]: serve() }, 'REFUSED'],
  ])('has to be configured when the one that the SOA names %s', async (_, changes, words) => {
    const { outcome, asked } = await search(changes);
    expect(outcome).toMatchObject({ name: 'ProviderError', kind: 'refused' });
    expect(String(outcome)).toContain(words);
    expect(outcome).toHaveProperty('remedy', 'set RFC2136_SERVER to the address of the primary');
    expect(asked).not.toContain(apex);
  });

  test.each([
    ['the servers of the zone are silent', { [secondaryServer]: () => null }],
    ['the primary is silent', { [primaryServer]: () => null }],
    ['the primary is in trouble', { [primaryServer]: () => ({ rcode: servfail }) }],
    ['the resolver is in trouble', { [resolverAddress]: () => ({ rcode: servfail }) }],
  ])('is not known while %s, which may pass', async (_, changes: Record<string, Respond>) => {
    const { outcome } = await search(changes);
    expect(outcome).toMatchObject({ name: 'DnsError' });
  });
});
