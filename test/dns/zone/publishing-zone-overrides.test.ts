import { describe, expect, test } from 'vitest';

import type { NameServerOverrides } from '../../../src/dns/resolve/name-server-overrides.ts';
import type { Respond } from '../dns-server.ts';
import {
  childServer,
  failure,
  foundExample,
  notDelegated,
  parentServer,
  secondParentServer,
  resolverAddress,
  rootHints,
  search,
  silent,
  tldServer,
  unusedAddress,
} from '../zone-search.ts';
import { resolve, serve, soa } from '../zones.ts';

type Override = (port: number) => NameServerOverrides;

function all(...addresses: string[]): Override {
  return (port) => ({ kind: 'all', servers: addresses.map((address) => ({ address, port })) });
}

function configured(apex: string, ...nameServers: string[]) {
  return expect.objectContaining({
    kind: 'found',
    zone: { apex, nameServers, source: 'configured' },
    problems: [],
  }) as unknown;
}

async function searchConfigured(emailDomain: string, changes: Record<string, Respond>, nameServers: Override) {
  const { outcome } = await search(
    emailDomain,
    { [resolverAddress]: silent, ...changes },
    { nameServers, timeoutMilliseconds: 1000 },
  );
  return outcome;
}

describe.concurrent('with DNS_NAMESERVERS', () => {
  test.each(['example.test', 'www.example.test', 'new.example.test'])(
    'the zone of %s is what the listed servers say',
    async (emailDomain) => {
      const outcome = await searchConfigured(emailDomain, {}, all(parentServer));
      expect(outcome).toEqual(configured('example.test', 'ns1.example.test', 'ns2.example.test'));
    },
  );

  test('the servers are named by their addresses when the zone names none', async () => {
    const bare = serve({ apex: 'example.test', records: [] });
    const outcome = await searchConfigured(
      'example.test',
      { [parentServer]: bare, [secondParentServer]: bare },
      all(parentServer, secondParentServer),
    );
    const address: unknown = expect.stringMatching(/^127\.0\.0\.\d:\d+$/);
    expect(outcome).toMatchObject({ kind: 'found', zone: { nameServers: [address, address], source: 'configured' } });
  });

  test('the servers of the longest zone around the domain are asked', async () => {
    const outcome = await searchConfigured('team.sub.example.test', { [parentServer]: silent }, (port) => ({
      kind: 'by-zone',
      zones: [
        { zone: 'example.test', servers: [{ address: parentServer, port }] },
        { zone: 'sub.example.test', servers: [{ address: childServer, port }] },
      ],
    }));
    expect(outcome).toEqual(configured('sub.example.test', 'ns.sub.example.test'));
  });

  test('a domain outside the zones listed is discovered', async () => {
    const outcome = await searchConfigured('example.test', { [resolverAddress]: resolve(...rootHints) }, (port) => ({
      kind: 'by-zone',
      zones: [{ zone: 'example.com', servers: [{ address: unusedAddress, port }] }],
    }));
    expect(outcome).toEqual(foundExample);
  });

  test('one live server of two is enough', async () => {
    const outcome = await searchConfigured(
      'example.test',
      { [secondParentServer]: silent },
      all(secondParentServer, parentServer),
    );
    expect(outcome).toMatchObject({ kind: 'found', zone: { apex: 'example.test' } });
  });

  test('a server that only refers, or answers without authority, is lame and named', async () => {
    const outcome = await searchConfigured(
      'example.test',
      { [parentServer]: () => ({ answers: [soa('example.test')] }) },
      all(tldServer, parentServer),
    );
    expect(outcome).toEqual(
      failure(/127\.0\.0\.2:\d+: only refers to the servers of example\.test; 127\.0\.0\.3:\d+: gave a non-auth/),
    );
  });

  test('a domain in the zone of a public suffix is not delegated', async () => {
    await expect(searchConfigured('missing.test', {}, all(tldServer))).resolves.toEqual(
      notDelegated('the servers of test know no such name'),
    );
  });
});
