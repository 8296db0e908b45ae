/** Servers that send arbitrary bytes: every query still ends, with a report or a DnsError. */
import { encode } from 'dns-packet';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createDns } from '../../../src/dns/dns.ts';
import { DnsError } from '../../../src/dns/wire/dns-error.ts';
import { frame, startDnsServers } from '../dns-server.ts';
import type { Query, Reply, Respond } from '../dns-server.ts';
import { withoutSystemResolvers } from '../system-resolvers.ts';
import { a, cname, ns, resolve, serve, txt } from '../zones.ts';

const domainName = 'team.example.test';
const honestServer = '127.0.0.3';
const wildcardServer = '127.0.0.4';
const resolverAddress = '127.0.0.53';

const zone = serve({
  apex: 'example.test',
  records: [
    ns('example.test', 'ns1.example.test'),
    ns('example.test', 'ns2.example.test'),
    a('ns1.example.test', honestServer),
    a('ns2.example.test', wildcardServer),
    txt(domainName, 'one'),
    txt(domainName, 'two', 'chunks'),
  ],
});

withoutSystemResolvers();

/** The answer that an honest server gives to this query, in bytes. */
function genuine(query: Query): Buffer {
  const reply = zone(query);
  if (reply === null || Buffer.isBuffer(reply)) throw new Error('The zone always answers.');
  const { rcode = 0, answers = [], authorities = [] } = reply satisfies Reply;
  return encode({
    type: 'response',
    id: query.packet.id,
    flags: (1 << 10) | rcode,
    questions: query.packet.questions,
    answers,
    authorities,
  });
}

const noise = fc.uint8Array({ minLength: 12, maxLength: 300 }).map((bytes) => () => Buffer.from(bytes));
const damaged = fc
  .tuple(fc.nat(20), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 5 }))
  .map(([cut, changes]) => (query: Query) => {
    const message = genuine(query);
    for (const [index, byte] of changes) message[index % message.length] = byte;
    return message.subarray(0, Math.max(12, message.length - cut));
  });

describe('whatever a server sends', () => {
  test.each([
    ['alone', [wildcardServer]],
    ['beside an honest one', [honestServer, wildcardServer]],
  ])('%s, the query ends with a report or a DnsError', async (_, asked) => {
    let write: (query: Query) => Buffer = genuine;
    const wild: Respond = (query) => {
      const message = write(query);
      message.writeUInt16BE(query.packet.id ?? 0, 0);
      return query.transport === 'tcp' ? frame(message) : message;
    };
    await using servers = await startDnsServers({ [honestServer]: zone, [wildcardServer]: wild });
    const dns = createDns({
      nameServers: { kind: 'all', servers: asked.map((address) => ({ address, port: servers.port })) },
      resolvers: [],
    });
    const { signal } = new AbortController();
    await fc.assert(
      fc.asyncProperty(fc.oneof(noise, damaged), fc.constantFrom('one', null), async (message, value) => {
        write = message;
        const outcome = await dns
          .observeDomain({ emailDomain: domainName, value, signal })
          .catch((error: unknown) => error);
        if (outcome instanceof DnsError) {
          expect(outcome.message).not.toContain('no answer within');
        } else {
          expect(outcome).toMatchObject({ emailDomain: domainName });
          expect(JSON.stringify(outcome)).not.toContain('no answer within');
        }
        if (asked.length > 1) expect(outcome).not.toBeInstanceOf(DnsError);
      }),
      { numRuns: 100 },
    );
  });

  test.each<[string, Respond]>([
    ['a CNAME that points at itself', ({ name }) => ({ aa: true, answers: [cname(name, name)] })],
    [
      'records of everybody else',
      () => ({ aa: true, answers: [txt('example.com', 'one'), a('example.org', '192.0.2.1')] }),
    ],
    ['the root zone', () => ({ aa: true, authorities: [ns('.', 'a.root.test')] })],
  ])('be it %s, it is not taken for the value', async (_, respond) => {
    await using servers = await startDnsServers({
      [honestServer]: zone,
      [wildcardServer]: respond,
      [resolverAddress]: resolve(),
    });
    const dns = createDns({
      nameServers: {
        kind: 'all',
        servers: [honestServer, wildcardServer].map((address) => ({ address, port: servers.port })),
      },
      resolvers: [{ address: resolverAddress, port: servers.port }],
    });
    const { signal } = new AbortController();
    const report = await dns.observeDomain({ emailDomain: domainName, value: 'one', signal });
    expect(report).toMatchObject({ sound: false, servers: [{ verdict: 'has-value' }, {}] });
    expect(report.servers[1]?.verdict).not.toBe('has-value');
  });
});
