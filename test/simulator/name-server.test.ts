import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { RecordType } from 'dns-packet';
import { afterAll, describe, expect, test } from 'vitest';
import type { RecordSeed } from '../../simulator/seeds.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import { buildQuery, clientOf, queryTcp, queryUdp, rcodeOf, txtOf } from './clients.ts';

const [noError, formErr, servFail, nxDomain, notImp, refused] = [0, 1, 2, 3, 4, 5];
const record = (type: RecordSeed['type'], name: string, content: string): RecordSeed => ({ type, name, content });

const simulator = await startSimulator();
afterAll(async () => await simulator.close());
simulator.account.patch({
  zones: [
    {
      name: 'small.test',
      records: [
        record('TXT', 'small.test', '"one" "two"'),
        record('A', 'a.b.small.test', '192.0.2.1'),
        record('CNAME', 'alias.small.test', 'a.b.small.test'),
        record('CNAME', 'outside.small.test', 'elsewhere.test'),
        record('CNAME', 'dangling.small.test', 'nothing.small.test'),
        record('TXT', '*.wild.small.test', '"any"'),
        record('A', 'here.wild.small.test', '192.0.2.2'),
        record('NS', 'child.small.test', 'ns1.child-host.test'),
      ],
    },
    { name: 'not-yet.test', status: 'initializing' },
    { name: 'pending.test', status: 'pending' },
    { name: 'gone.test', status: 'moved' },
  ],
});

const first = simulator.nameServers[0] ?? expect.fail('there is no name server');
const second = simulator.nameServers[1] ?? expect.fail('there is no second name server');
/** Queries the first name server over UDP, with EDNS if `size` (bytes) is given. */
const query = async (name: string, type: RecordType, size?: number) =>
  await queryUdp(first, buildQuery(name, type, size));

describe('authority', () => {
  test('a response has AA but not RA, and repeats the question in its original case', async () => {
    const response = await query('SMALL.test', 'TXT');
    expect(response).toMatchObject({ flag_aa: true, flag_ra: false, flag_tc: false, id: 4711 });
    expect(response.questions).toMatchObject([{ name: 'SMALL.test', type: 'TXT' }]);
    expect(response.answers).toMatchObject([{ name: 'SMALL.test', ttl: 300 }]);
    expect(txtOf(response)).toEqual(['onetwo']);
  });

  test('the apex has SOA and NS records', async () => {
    const soa = await query('small.test', 'SOA');
    const ns = await query('small.test', 'NS');
    expect(soa.answers).toMatchObject([{ type: 'SOA', data: { mname: 'ada.ns.cloudflare.test', minimum: 1800 } }]);
    expect(ns.answers?.map((answer) => ('data' in answer ? answer.data : null))).toEqual([
      'ada.ns.cloudflare.test',
      'bob.ns.cloudflare.test',
    ]);
  });

  test.each<[string, RecordType, number]>([
    ['small.test', 'MX', noError],
    ['b.small.test', 'TXT', noError],
    ['nothing.small.test', 'TXT', nxDomain],
    ['nothing.here.wild.small.test', 'TXT', nxDomain],
  ])('the response for %s %s has rcode %i and the SOA in the authority section', async (name, type, rcode) => {
    const response = await query(name, type);
    expect(rcodeOf(response)).toBe(rcode);
    expect(response).toMatchObject({ flag_aa: true, answers: [], authorities: [{ type: 'SOA', name: 'small.test' }] });
  });

  test.each(['elsewhere.test', 'not-yet.test', 'gone.test', 'test'])(
    'a query for %s, which is in no served zone, is refused',
    async (name) => {
      const response = await query(name, 'TXT');
      expect(rcodeOf(response)).toBe(refused);
      expect(response.flag_aa).toBe(false);
    },
  );

  test('a pending zone is served', async () => {
    expect(rcodeOf(await query('pending.test', 'SOA'))).toBe(noError);
  });

  test('a CNAME is followed only within the zone', async () => {
    const types = async (name: string) => (await query(name, 'A')).answers?.map(({ type }) => type);
    expect(await types('alias.small.test')).toEqual(['CNAME', 'A']);
    expect(await types('outside.small.test')).toEqual(['CNAME']);
    expect(await types('dangling.small.test')).toEqual(['CNAME']);
    expect(rcodeOf(await query('dangling.small.test', 'A'))).toBe(nxDomain);
  });

  test('a wildcard applies to names that do not exist, but not to names with records of another type', async () => {
    const synthesised = await query('x.wild.small.test', 'TXT');
    expect(synthesised.answers).toMatchObject([{ name: 'x.wild.small.test' }]);
    expect(txtOf(synthesised)).toEqual(['any']);
    expect((await query('here.wild.small.test', 'TXT')).answers).toEqual([]);
  });

  test.each(['child.small.test', 'deep.child.small.test'])('a query for %s gets a referral', async (name) => {
    const referral = await query(name, 'TXT');
    expect(rcodeOf(referral)).toBe(noError);
    expect(referral).toMatchObject({
      flag_aa: false,
      answers: [],
      authorities: [{ type: 'NS', name: 'child.small.test', data: 'ns1.child-host.test' }],
    });
  });
});

describe('transport', () => {
  test.each([
    ['without EDNS', undefined],
    ['with a small EDNS size', 1232],
  ])('a response that does not fit %s is truncated and has no answers', async (_case, size) => {
    const response = await query('example.com', 'TXT', size);
    expect(response).toMatchObject({ flag_tc: true, flag_aa: true, answers: [] });
    expect(response.additionals).toHaveLength(size === undefined ? 0 : 1);
  });

  test('a response that fits the EDNS size is sent over UDP', async () => {
    const response = await query('example.com', 'TXT', 4096);
    expect(response.flag_tc).toBe(false);
    expect(txtOf(response)).toContain('MS=ms48213907');
  });

  test('one TCP connection can carry several queries', async () => {
    const responses = await queryTcp(first, [buildQuery('example.com', 'TXT'), buildQuery('small.test', 'TXT')]);
    expect(responses.map((response) => txtOf(response).length)).toEqual([16, 1]);
    expect(txtOf(responses[0] ?? {})).toEqual(expect.arrayContaining(['', 'société-vérification=été-2024']));
  });

  test('node:dns resolves the whole TXT RRset of the apex', async () => {
    const resolver = new Resolver();
    resolver.setServers([`${first.address}:${first.port}`]);
    const values = await resolver.resolveTxt('example.com');
    expect(values).toHaveLength(16);
    expect(values.some((strings) => strings.length > 1)).toBe(true);
    expect(values).toContainEqual(['']);
    expect(await resolver.resolveMx('example.com')).toHaveLength(2);
    await expect(resolver.resolveTxt('none.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('malformed messages get no response', async () => {
    const { address, port } = first;
    const unanswered = queryUdp(first, Buffer.from('not a message'), AbortSignal.timeout(100));
    await expect(unanswered).rejects.toMatchObject({ name: 'AbortError' });
    const socket = connect(port, address);
    socket.write(Buffer.from([0, 3, 1, 2, 3]));
    expect(await queryTcp(first, [buildQuery('small.test', 'TXT')])).toHaveLength(1);
    socket.destroy();
  });

  test('an UPDATE gets NOTIMP, two questions FORMERR, and another class REFUSED', async () => {
    const update = await queryUdp(first, { ...buildQuery('small.test', 'SOA'), flags: 5 << 11 });
    const question = { name: 'small.test', type: 'TXT' } as const;
    const twoQuestions = await queryUdp(first, { ...buildQuery('small.test', 'TXT'), questions: [question, question] });
    const chaos = { name: 'version.bind', type: 'TXT', class: 'CH' } as const;
    const version = await queryUdp(first, { ...buildQuery('x', 'TXT'), questions: [chaos] });
    expect([update, twoQuestions, version].map(rcodeOf)).toEqual([notImp, formErr, refused]);
  });
});

describe('lag and modes', () => {
  test('a server serves a change after its lag, and still does when the lag becomes longer', async () => {
    await using stack = new AsyncDisposableStack();
    const slow = await startSimulator({ nameServerLagSeconds: [0, 3600] });
    stack.defer(() => slow.close());
    const serveNewValue = async () => {
      const responses = slow.nameServers.map(
        async (server) => await queryUdp(server, buildQuery('example.com', 'TXT', 4096)),
      );
      return (await Promise.all(responses)).map((response) => txtOf(response).includes('new'));
    };
    const serials = async () => {
      const responses = slow.nameServers.map(
        async (server) => await queryUdp(server, buildQuery('example.com', 'SOA')),
      );
      return (await Promise.all(responses)).map((response) => JSON.stringify(response.answers));
    };
    expect(new Set(await serials()).size).toBe(1);
    await clientOf(slow).addTxt('"new"');
    expect(await serveNewValue()).toEqual([true, false]);
    expect(new Set(await serials()).size).toBe(2);
    for (const server of slow.nameServers) server.lagSeconds = 0;
    expect(await serveNewValue()).toEqual([true, true]);
    for (const server of slow.nameServers) server.lagSeconds = 3600;
    expect(await serveNewValue()).toEqual([true, true]);
  });

  test('a server can respond with REFUSED, with SERVFAIL, without AA, or not at all', async () => {
    const message = buildQuery('small.test', 'TXT');
    second.mode = 'refuse';
    expect(rcodeOf(await queryUdp(second, message))).toBe(refused);
    second.mode = 'servfail';
    expect(rcodeOf(await queryUdp(second, message))).toBe(servFail);
    second.mode = 'lame';
    expect(await queryUdp(second, message)).toMatchObject({ flag_aa: false, answers: [{ type: 'TXT' }] });
    second.mode = 'drop';
    await expect(queryUdp(second, message, AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'AbortError' });
    second.mode = 'normal';
    expect(txtOf(await queryUdp(second, message))).toEqual(['onetwo']);
  });

  test('closing ends open TCP connections and frees the port', async () => {
    const short = await startSimulator({ nameServerLagSeconds: [0] });
    const [server] = short.nameServers;
    const socket = connect(server?.port ?? 0, server?.address);
    await once(socket, 'connect');
    const closed = once(socket.resume(), 'close');
    await short.close();
    await closed;
    const again = connect(server?.port ?? 0, server?.address);
    await expect(once(again, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
