import { describe, expect, test } from 'vitest';

import { nxdomain, refusedRcode, servfail } from '../dns-server.ts';
import type { Respond } from '../dns-server.ts';
import {
  failure,
  parentServer,
  secondParentServer,
  resolverAddress,
  search,
  silent,
  tldServer,
  tld,
  unusedAddress,
} from '../zone-search.ts';
import { a, cname, ns, serve, soa } from '../zones.ts';

/** For searches that have to wait for silence. */
const shortTimeout = { timeoutMilliseconds: 1000 };

describe.concurrent('the search fails and does not climb', () => {
  test.each<[string, Respond]>([
    ['SERVFAIL', () => ({ rcode: servfail })],
    ['REFUSED', () => ({ rcode: refusedRcode })],
    ['no answer within 1 s', silent],
  ])('when the resolver says of the suffix: %s', async (detail, respond) => {
    const { outcome, resolverWasAsked } = await search('example.co.uk', { [resolverAddress]: respond }, shortTimeout);
    expect(outcome).toEqual(failure(new RegExp(`^co\\.uk NS at the resolver .*${detail}`)));
    expect(new Set(resolverWasAsked)).toEqual(new Set(['co.uk NS']));
  });

  test.each<[string, Respond, string]>([
    ['are silent', silent, 'no answer within 1 s'],
    ['refuse', () => ({ rcode: refusedRcode }), 'REFUSED'],
    ['fail', () => ({ rcode: servfail }), 'SERVFAIL'],
    [
      'answer NXDOMAIN without authority',
      () => ({ rcode: nxdomain, authorities: [soa('example.test')] }),
      'gave a non-authoritative answer',
    ],
    ['answer without authority', () => ({ answers: [soa('example.test')] }), 'gave a non-authoritative answer'],
    ['refer upwards to the root', () => ({ authorities: [ns('.', 'a.root-servers.net')] }), 'only refers'],
    ['refer upwards', () => ({ authorities: [ns('test', 'ns.tld.test')] }), 'only refers to the servers of test'],
    ['refer to themselves', () => ({ authorities: [ns('example.test', 'ns1.example.test')] }), 'only refers'],
    ['refer sideways', () => ({ authorities: [ns('other.example.test', 'ns.other.test')] }), 'only refers'],
    [
      'answer for a zone above',
      () => ({ aa: true, rcode: nxdomain, authorities: [soa('test')] }),
      'answered for the zone test',
    ],
    [
      'answer for a zone beside',
      () => ({ aa: true, authorities: [soa('other.test')] }),
      'answered for the zone other.test',
    ],
    ['answer about another name', () => ({ aa: true, answers: [soa('other.test')] }), 'answered about another name'],
    ['answer nothing at all', () => ({ aa: true }), 'answered with neither'],
    [
      'send an answer that cannot be decoded',
      ({ packet }) => undecodable(packet.id),
      'an answer that cannot be decoded',
    ],
  ])('when all servers of a zone %s, each of which is named', async (_, respond, reason) => {
    const { outcome } = await search(
      'www.example.test',
      { [parentServer]: respond, [secondParentServer]: respond },
      shortTimeout,
    );
    const reasons = `${server('ns1.example.test', reason)}.*; ${server('ns2.example.test', reason)}`;
    expect(outcome).toEqual(
      failure(
        new RegExp(
          `^www\\.example\\.test SOA at the servers of example\\.test: ${reasons}.*; example\\.test is delegated to ` +
            String.raw`ns1\.example\.test, ns2\.example\.test, and none of them answers for it \(has the DNS hosting lapsed\?\)$`,
        ),
      ),
    );
  });

  test('when the servers answer with a CNAME at the apex', async () => {
    const { outcome } = await search('example.test', {
      [parentServer]: aliasEverything,
      [secondParentServer]: aliasEverything,
    });
    expect(outcome).toEqual(failure(/CNAME at the apex/));
  });

  test('when a name server has no address, or is the domain itself', async () => {
    const { outcome, resolverWasAsked } = await search('self.test', {
      [tldServer]: serve({ apex: 'test', records: [ns('self.test', 'self.test'), ns('self.test', 'ns.gone.test')] }),
    });
    expect(outcome).toEqual(
      failure(/ns\.gone\.test: its host name has no address; self\.test: its host name is the e-mail domain/),
    );
    expect(resolverWasAsked.filter((question) => question.startsWith('self.test'))).toEqual([]);
  });

  test('when only glue from outside the zone of the server would help', async () => {
    const forged = serve({ ...tld, records: [...tld.records, a('ns1.hoster.example', unusedAddress)] });
    const { outcome, resolverWasAsked } = await search(
      'hosted.test',
      { [tldServer]: forged, [parentServer]: silent },
      shortTimeout,
    );
    expect(outcome).toEqual(failure(/ns1\.hoster\.example \(127\.0\.0\.3:/));
    expect(resolverWasAsked).toContain('ns1.hoster.example A');
  });
});

function server(name: string, reason: string): string {
  return String.raw`${name} \(127\.0\.0\.\d:\d+\): ${reason}`;
}

function aliasEverything({ name }: { name: string }) {
  return { aa: true, answers: [cname(name, 'www.example.com')] };
}

function undecodable(id = 0): Buffer {
  const header = Buffer.alloc(12);
  for (const [index, value] of [id, 0x84_00, 1, 9].entries()) header.writeUInt16BE(value, index * 2);
  return header;
}
