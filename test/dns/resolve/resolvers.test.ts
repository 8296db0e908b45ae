import { describe, expect, test } from 'vitest';

import { createResolvers } from '../../../src/dns/resolve/resolvers.ts';
import type { Resolvers } from '../../../src/dns/resolve/resolvers.ts';
import type { TxtReading } from '../../../src/dns/wire/txt-answer.ts';
import { nxdomain, refusedRcode, servfail, startDnsServers } from '../dns-server.ts';
import type { DnsServers, Respond } from '../dns-server.ts';
import { a, aaaa, ns, resolve, txt } from '../zones.ts';

const firstServer = '127.0.0.61';
const secondServer = '127.0.0.62';
const closedAddress = { address: '127.0.0.63', port: 1 };
const { signal } = new AbortController();

const silent: Respond = () => null;
const failing: Respond = () => ({ rcode: servfail });

function resolversOf(servers: DnsServers, addresses: string[], fallback: string[] = []): Resolvers {
  const at = (address: string) => ({ address, port: servers.port });
  return createResolvers({
    preferred: addresses.map(at),
    fallback: () => fallback.map(at),
    timeoutMilliseconds: 1000,
  });
}

describe.concurrent('name servers', () => {
  test('are host names in lower case, in a stable order', async () => {
    await using servers = await startDnsServers({
      [firstServer]: resolve(ns('test', 'NS2.example.test'), ns('test', 'ns1.example.test')),
    });
    await expect(resolversOf(servers, [firstServer]).findNameServers('test', signal)).resolves.toEqual({
      kind: 'data',
      data: ['ns1.example.test', 'ns2.example.test'],
    });
  });

  test('are absent as no data or as no such name', async () => {
    await using servers = await startDnsServers({ [firstServer]: resolve(a('example.test', '192.0.2.1')) });
    const resolvers = resolversOf(servers, [firstServer]);
    await expect(resolvers.findNameServers('test', signal)).resolves.toEqual({ kind: 'no-data' });
    await expect(resolvers.findNameServers('nowhere', signal)).resolves.toEqual({ kind: 'no-such-name' });
  });

  test.each<[string, Respond]>([
    ['SERVFAIL', failing],
    ['REFUSED', () => ({ rcode: refusedRcode })],
    ['no answer within 1 s', silent],
    ['cannot be decoded', () => Buffer.alloc(40)],
  ])('are an error on %s, that names the resolver and the question', async (detail, respond) => {
    // The library waits for another answer when one cannot be decoded.
    const expected = detail === 'cannot be decoded' ? /no answer|cannot be decoded/ : detail;
    await using servers = await startDnsServers({ [firstServer]: respond });
    const found = resolversOf(servers, [firstServer]).findNameServers('test', signal);
    await expect(found).rejects.toThrow(`test NS at the resolver ${firstServer}:${servers.port}`);
    await expect(found).rejects.toThrow(expected);
  });
});

function answer(host: string) {
  return { kind: 'data', data: [host] };
}

describe.concurrent('several resolvers', () => {
  const one = resolve(ns('test', 'ns.one.test'));
  const two = resolve(ns('test', 'ns.two.test'));

  test('count in their order, however fast they are', async () => {
    await using servers = await startDnsServers({ [firstServer]: one, [secondServer]: two });
    const find = async (addresses: string[]) => await resolversOf(servers, addresses).findNameServers('test', signal);
    await expect(find([firstServer, secondServer])).resolves.toEqual(answer('ns.one.test'));
    await expect(find([secondServer, firstServer])).resolves.toEqual(answer('ns.two.test'));
  });

  test.each<[string, Respond]>([
    ['fails', failing],
    ['is silent', silent],
  ])('leave it to the next when one %s', async (_, respond) => {
    await using servers = await startDnsServers({ [firstServer]: respond, [secondServer]: two });
    await expect(resolversOf(servers, [firstServer, secondServer]).findNameServers('test', signal)).resolves.toEqual(
      answer('ns.two.test'),
    );
  });

  test('believe the first that knows no such name', async () => {
    await using servers = await startDnsServers({ [firstServer]: () => ({ rcode: nxdomain }), [secondServer]: two });
    await expect(resolversOf(servers, [firstServer, secondServer]).findNameServers('test', signal)).resolves.toEqual({
      kind: 'no-such-name',
    });
  });

  test('are each named with its reason when none answers', async () => {
    await using servers = await startDnsServers({ [firstServer]: failing, [secondServer]: silent });
    const found = resolversOf(servers, [firstServer, secondServer]).findNameServers('test', signal);
    await expect(found).rejects.toThrow(/127\.0\.0\.61:\d+: SERVFAIL; .*127\.0\.0\.62:\d+: no answer within 1 s/);
  });
});

describe.concurrent('the fallback', () => {
  const fallback = resolve(ns('test', 'ns.fallback.test'), txt('example.test', 'value'));

  test('is asked when no preferred resolver can be reached', async () => {
    await using servers = await startDnsServers({ [firstServer]: silent, [secondServer]: fallback });
    const resolvers = createResolvers({
      preferred: [{ address: firstServer, port: servers.port }, closedAddress],
      fallback: () => [{ address: secondServer, port: servers.port }],
      timeoutMilliseconds: 1000,
    });
    await expect(resolvers.findNameServers('test', signal)).resolves.toEqual({
      kind: 'data',
      data: ['ns.fallback.test'],
    });
    await expect(resolvers.viewTxt('example.test', signal)).resolves.toEqual([
      {
        address: `${firstServer}:${servers.port}`,
        reading: { kind: 'silent', detail: 'no answer within 1 s' },
        isBogus: false,
      },
      {
        address: `${closedAddress.address}:1`,
        reading: { kind: 'silent', detail: 'connection refused' },
        isBogus: false,
      },
      {
        address: `${secondServer}:${servers.port}`,
        reading: { kind: 'values', records: [[Buffer.from('value')]] },
        isBogus: false,
      },
    ]);
  });

  test('is not asked when a preferred resolver answered that it failed', async () => {
    await using servers = await startDnsServers({ [firstServer]: failing, [secondServer]: fallback });
    await expect(resolversOf(servers, [firstServer], [secondServer]).findNameServers('test', signal)).rejects.toThrow(
      'SERVFAIL',
    );
    expect(servers.queriesOf(secondServer)).toEqual([]);
  });

  test('has its reasons in the error too', async () => {
    await using servers = await startDnsServers({ [firstServer]: silent, [secondServer]: failing });
    const found = resolversOf(servers, [firstServer], [secondServer]).findNameServers('test', signal);
    await expect(found).rejects.toThrow(/no answer within 1 s; .*SERVFAIL/);
  });
});

describe.concurrent('addresses', () => {
  test('are of both families', async () => {
    await using servers = await startDnsServers({
      [firstServer]: resolve(a('ns.test', '192.0.2.1'), aaaa('ns.test', '2001:db8::1'), a('ns.test', '192.0.2.2')),
    });
    await expect(resolversOf(servers, [firstServer]).findAddresses('ns.test', signal)).resolves.toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '2001:db8::1',
    ]);
  });

  test('of one family are enough when the other fails', async () => {
    const v6 = resolve(aaaa('ns.test', '2001:db8::1'));
    await using servers = await startDnsServers({
      [firstServer]: (query) => (query.type === 'A' ? failing(query) : v6(query)),
    });
    await expect(resolversOf(servers, [firstServer]).findAddresses('ns.test', signal)).resolves.toEqual([
      '2001:db8::1',
    ]);
  });

  test('are unknown, not absent, when one family has none and the other fails', async () => {
    const none = resolve(txt('ns.test', 'x'));
    await using servers = await startDnsServers({
      [firstServer]: (query) => (query.type === 'A' ? failing(query) : none(query)),
    });
    await expect(resolversOf(servers, [firstServer]).findAddresses('ns.test', signal)).rejects.toThrow('SERVFAIL');
  });

  test('are absent when the host has none or does not exist', async () => {
    await using servers = await startDnsServers({ [firstServer]: resolve(txt('ns.test', 'x')) });
    await expect(resolversOf(servers, [firstServer]).findAddresses('ns.test', signal)).resolves.toEqual([]);
    await expect(resolversOf(servers, [firstServer]).findAddresses('nowhere.test', signal)).resolves.toEqual([]);
  });
});

describe.concurrent('the outside view', () => {
  test('has every value by its bytes, in the chunks it came in', async () => {
    const records = resolve(txt('example.test', 'bücher=😀'), txt('example.test', 'chunk', 'ed'));
    await using servers = await startDnsServers({ [firstServer]: records });
    const [view] = await resolversOf(servers, [firstServer]).viewTxt('example.test', signal);
    expect(view).toEqual({
      address: `${firstServer}:${servers.port}`,
      reading: {
        kind: 'values',
        records: [[Buffer.from('bücher=😀')], [Buffer.from('chunk'), Buffer.from('ed')]],
      },
      isBogus: false,
    });
  });

  test.each<[string, Respond, TxtReading]>([
    ['NXDOMAIN', () => ({ rcode: nxdomain }), { kind: 'no-such-name' }],
    ['no TXT values', () => ({}), { kind: 'values', records: [] }],
    ['SERVFAIL', failing, { kind: 'silent', detail: 'SERVFAIL' }],
  ])('reports %s', async (_, respond, reading) => {
    await using servers = await startDnsServers({ [firstServer]: respond });
    const view = await resolversOf(servers, [firstServer]).viewTxt('example.test', signal);
    expect(view).toMatchObject([{ reading, isBogus: false }]);
  });
});

/** A resolver for which nothing validates. */
function validating(respond: Respond): Respond {
  return (query) => (query.packet.flag_cd ? respond(query) : { ra: true, rcode: servfail });
}

describe.concurrent('a resolver that answers SERVFAIL', () => {
  test('is asked again to leave signatures unchecked, and what it then says is not its view', async () => {
    await using servers = await startDnsServers({ [firstServer]: validating(resolve(txt('example.test', 'value'))) });
    const view = await resolversOf(servers, [firstServer]).viewTxt('example.test', signal);
    expect(view).toMatchObject([{ reading: { kind: 'silent', detail: 'SERVFAIL' }, isBogus: true }]);
    expect(servers.queriesOf(firstServer).at(-1)?.packet).toMatchObject({ flag_rd: true, flag_cd: true });
  });

  test('still returns the addresses of name servers', async () => {
    await using servers = await startDnsServers({
      [firstServer]: validating(resolve(a('ns.test', '192.0.2.1'), aaaa('ns.test', '2001:db8::1'))),
    });
    await expect(resolversOf(servers, [firstServer]).findAddresses('ns.test', signal)).resolves.toEqual([
      '192.0.2.1',
      '2001:db8::1',
    ]);
  });

  test('is believed about name servers of a suffix', async () => {
    await using servers = await startDnsServers({ [firstServer]: validating(resolve(ns('test', 'ns.test'))) });
    await expect(resolversOf(servers, [firstServer]).findNameServers('test', signal)).rejects.toThrow('SERVFAIL');
  });
});

test('an aborted signal is thrown as it is', async () => {
  const cancel = new AbortController();
  const reason = { why: 'the activity was cancelled' };
  await using servers = await startDnsServers({
    [firstServer]: () => {
      cancel.abort(reason);
      return null;
    },
  });
  const resolvers = resolversOf(servers, [firstServer]);
  await expect(resolvers.findNameServers('test', cancel.signal)).rejects.toBe(reason);
  await expect(resolvers.findAddresses('ns.test', cancel.signal)).rejects.toBe(reason);
  await expect(resolvers.viewTxt('example.test', cancel.signal)).rejects.toBe(reason);
});
