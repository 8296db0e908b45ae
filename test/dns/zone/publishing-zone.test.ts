import { describe, expect, test } from 'vitest';

import { refusedRcode, servfail, startDnsServers } from '../dns-server.ts';
import type { Respond } from '../dns-server.ts';
import {
  childServer,
  dnsOf,
  example,
  found,
  foundExample,
  notDelegated,
  parentServer,
  secondParentServer,
  resolverAddress,
  search,
  silent,
  sub,
  tldServer,
  tld,
  unusedAddress,
  normalServers,
} from '../zone-search.ts';
import { a, aaaa, cname, ns, resolve, serve, soa } from '../zones.ts';
import type { Zone } from '../zones.ts';

/** For searches that have to wait for silence. */
const shortTimeout = { timeoutMilliseconds: 500 };

describe.concurrent('the zone is found', () => {
  test('by the referral of the public suffix, with its name servers in lower case', async () => {
    const { outcome } = await search('example.test');
    expect(outcome).toEqual(foundExample);
  });

  test('without a question to the resolver but for the suffix and its name servers, when there is glue', async () => {
    const { resolverWasAsked } = await search('example.test');
    expect(resolverWasAsked.toSorted()).toEqual(['ns.tld.test A', 'ns.tld.test AAAA', 'test NS']);
  });

  test('without glue, by the addresses of the name servers', async () => {
    const { outcome, resolverWasAsked } = await search('hosted.test');
    expect(outcome).toEqual(found('hosted.test', 'ns1.hoster.example'));
    expect(resolverWasAsked).toContain('ns1.hoster.example A');
    expect(resolverWasAsked.filter((question) => question.includes('hosted.test'))).toEqual([]);
  });

  test.each(['www.example.test', 'new.example.test', 'far.below.example.test'])(
    'around %s, whether the name exists or not',
    async (emailDomain) => {
      const { outcome, resolverWasAsked } = await search(emailDomain);
      expect(outcome).toEqual(foundExample);
      expect(resolverWasAsked.filter((question) => question.includes('example.test'))).toEqual([]);
    },
  );

  test.each(['sub.example.test', 'team.sub.example.test'])('below another, for %s', async (emailDomain) => {
    const { outcome } = await search(emailDomain);
    expect(outcome).toEqual(found('sub.example.test', 'ns.sub.example.test'));
  });

  test.each([
    ['at its apex', 'example.test', foundExample],
    ['below its apex', 'new.example.test', foundExample],
    ['two zones down', 'new.sub.example.test', found('sub.example.test', 'ns.sub.example.test')],
  ])('on a server that has its parent zones too, %s', async (_, emailDomain, expected) => {
    const { outcome } = await search(emailDomain, { [tldServer]: serve(tld, example, sub) });
    expect(outcome).toEqual(expected);
  });

  test.each([
    ['alias.example.test', 'www.example.test'],
    ['far-alias.example.test', 'www.example.com'],
  ])('around the CNAME %s, which is a problem', async (emailDomain, target) => {
    const { outcome } = await search(emailDomain);
    const problem: unknown = expect.stringContaining(`${emailDomain} is a CNAME to ${target}`);
    expect(outcome).toMatchObject({ ...foundExample, caches: null, problems: [{ subject: 'DNS', problem }] });
  });

  test('around a CNAME whose chain ends in another zone of the same server', async () => {
    const cnameError: Zone = { ...sub, records: [...sub.records, cname('alias.sub.example.test', 'www.example.test')] };
    const chained: Respond = (query) => {
      const reply = serve(cnameError)(query);
      if (query.name !== 'alias.sub.example.test' || reply === null || Buffer.isBuffer(reply)) return reply;
      return { ...reply, authorities: [soa('example.test')] };
    };
    const { outcome } = await search('alias.sub.example.test', { [childServer]: chained });
    expect(outcome).toMatchObject({ zone: { apex: 'sub.example.test', nameServers: ['ns.sub.example.test'] } });
  });

  test.each<[string, Respond]>([
    ['is silent', silent],
    ['is refusing', () => ({ rcode: refusedRcode })],
    ['fails', () => ({ rcode: servfail })],
    ['sends garbage', () => Buffer.alloc(7)],
  ])('when one of two servers %s', async (_, respond) => {
    const { outcome } = await search('example.test', { [parentServer]: respond }, shortTimeout);
    expect(outcome).toEqual(foundExample);
  });

  test('when a server has an address that cannot be reached', async () => {
    const unreachable = serve({ ...tld, records: [...tld.records, aaaa('ns1.example.test', '::1')] });
    const { outcome } = await search(
      'example.test',
      { [tldServer]: unreachable, [parentServer]: silent },
      shortTimeout,
    );
    expect(outcome).toEqual(foundExample);
  });

  test('from the parent zone where a public suffix is no zone of its own', async () => {
    const uk: Zone = {
      apex: 'uk',
      records: [ns('uk', 'ns.tld.test'), ns('example.co.uk', 'ns.example.co.uk'), a('ns.example.co.uk', parentServer)],
    };
    const { outcome, resolverWasAsked } = await search('example.co.uk', {
      [resolverAddress]: resolve(ns('uk', 'ns.tld.test'), a('ns.tld.test', tldServer), a('host.co.uk', unusedAddress)),
      [tldServer]: serve(uk),
      [parentServer]: serve({ apex: 'example.co.uk', records: [] }),
    });
    expect(outcome).toEqual(found('example.co.uk', 'ns.example.co.uk'));
    expect(resolverWasAsked.filter((question) => question.endsWith(' NS'))).toEqual(['co.uk NS', 'uk NS']);
  });
});

describe.concurrent('the domain is not delegated', () => {
  test('when the suffix knows no such name', async () => {
    const { outcome } = await search('missing.test');
    expect(outcome).toEqual(
      notDelegated('the servers of test know no such name, so it is not registered, has expired or is on hold'),
    );
  });

  test('when the name stands in the zone of the suffix', async () => {
    const { outcome } = await search('suffix.test');
    expect(outcome).toEqual(notDelegated('it is in the zone test'));
  });

  test('when the suffix does not exist', async () => {
    const { outcome, resolverWasAsked } = await search('example.invalid');
    expect(outcome).toEqual(notDelegated('no domain invalid'));
    expect(resolverWasAsked).toEqual(['invalid NS']);
  });

  test('when there is no zone between it and the root', async () => {
    const { outcome } = await search('example.co.uk', { [resolverAddress]: resolve(a('host.co.uk', unusedAddress)) });
    expect(outcome).toEqual(notDelegated('no domain co.uk'));
  });

  test('when it is a public suffix, which no resolver is asked about', async () => {
    const { outcome, resolverWasAsked } = await search('co.uk');
    expect(outcome).toEqual(notDelegated('co.uk is a public suffix'));
    expect(resolverWasAsked).toEqual([]);
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
    ...normalServers,
    [parentServer]: cancelling,
    [secondParentServer]: cancelling,
  });
  const searched = dnsOf(servers).findPublishingZone({ emailDomain: 'example.test', signal: cancel.signal });
  await expect(searched).rejects.toBe(reason);
});
