/**
 * DNS for the zone search: a resolver, a top-level domain and the zones below it, and what a search in it comes
 * to.
 */
import { expect } from 'vitest';

import { createDns } from '../../src/dns/dns.ts';
import type { Dns } from '../../src/dns/dns.ts';
import type { NameServerOverrides } from '../../src/dns/resolve/name-server-overrides.ts';
import { startDnsServers } from './dns-server.ts';
import type { DnsServers, Respond } from './dns-server.ts';
import { a, cname, ns, resolve, serve, txt } from './zones.ts';
import type { Zone } from './zones.ts';

export const resolverAddress = '127.0.0.53';
export const tldServer = '127.0.0.2';
export const parentServer = '127.0.0.3';
export const secondParentServer = '127.0.0.4';
export const childServer = '127.0.0.5';
export const unusedAddress = '127.0.0.9';

export const silent: Respond = () => null;

/** `test` delegates example.test with glue, and hosted.test to name servers elsewhere. */
export const tld: Zone = {
  apex: 'test',
  records: [
    ns('test', 'ns.tld.test'),
    a('ns.tld.test', tldServer),
    ns('example.test', 'ns2.example.test'),
    ns('example.test', 'NS1.example.test'),
    a('ns1.example.test', parentServer),
    a('ns2.example.test', secondParentServer),
    ns('hosted.test', 'ns1.hoster.example'),
    txt('suffix.test', 'in the parent'),
  ],
};
export const example: Zone = {
  apex: 'example.test',
  records: [
    ns('example.test', 'ns1.example.test'),
    ns('example.test', 'ns2.example.test'),
    ns('sub.example.test', 'ns.sub.example.test'),
    a('ns.sub.example.test', childServer),
    txt('example.test', 'v=spf1 -all'),
    a('www.example.test', '192.0.2.1'),
    cname('alias.example.test', 'www.example.test'),
    cname('far-alias.example.test', 'www.example.com'),
  ],
};
const hosted: Zone = { apex: 'hosted.test', records: [ns('hosted.test', 'ns1.hoster.example')] };
export const sub: Zone = { apex: 'sub.example.test', records: [ns('sub.example.test', 'ns.sub.example.test')] };

export const rootHints = [
  ns('test', 'ns.tld.test'),
  a('ns.tld.test', tldServer),
  a('ns1.hoster.example', parentServer),
];

export const normalServers: Record<string, Respond> = {
  [resolverAddress]: resolve(...rootHints),
  [tldServer]: serve(tld),
  [parentServer]: serve(example, hosted),
  [secondParentServer]: serve(example),
  [childServer]: serve(sub),
};

/** `nameServers` replaces discovery; a server that stays silent costs `timeoutMilliseconds`. */
export interface SearchOptions {
  nameServers?: (port: number) => NameServerOverrides;
  timeoutMilliseconds?: number;
}

export function dnsOf({ port }: DnsServers, { nameServers, timeoutMilliseconds = 5000 }: SearchOptions = {}): Dns {
  return createDns({
    nameServers: nameServers?.(port) ?? { kind: 'none' },
    resolvers: [{ address: resolverAddress, port }],
    authoritativePort: port,
    timeoutMilliseconds,
  });
}

/**
 * What the search for a domain's zone comes to where some of the servers above answer differently, and what the
 * resolver was asked.
 */
export async function search(emailDomain: string, changes: Record<string, Respond> = {}, options: SearchOptions = {}) {
  await using servers = await startDnsServers({ ...normalServers, ...changes });
  const outcome: unknown = await dnsOf(servers, options)
    .findPublishingZone({ emailDomain, signal: new AbortController().signal })
    .catch((error: unknown) => error);
  return { outcome, resolverWasAsked: servers.queriesOf(resolverAddress).map(({ name, type }) => `${name} ${type}`) };
}

/** Without problems, whatever caches may hold. */
export const found = (apex: string, ...nameServers: string[]) => ({
  kind: 'found',
  zone: { apex, nameServers, source: 'discovered' },
  caches: expect.toSatisfy(() => true) as unknown,
  problems: [],
});
export const foundExample = found('example.test', 'ns1.example.test', 'ns2.example.test');

export function notDelegated(reason: string): unknown {
  const matching: unknown = expect.stringContaining(reason);
  return { kind: 'not-delegated', reason: matching };
}

export function failure(message: RegExp): unknown {
  const matching: unknown = expect.stringMatching(message);
  return expect.objectContaining({ name: 'DnsError', message: matching });
}
