import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { RecordType } from 'dns-packet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NameServer } from '../../simulator/name-server.ts';
import type { RecordSeed } from '../../simulator/seeds.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { askTcp, askUdp, clientOf, queryFor, rcodeOf, txtOf } from './clients.ts';

const [NOERROR, SERVFAIL, NXDOMAIN, REFUSED] = [0, 2, 3, 5];
const record = (type: RecordSeed['type'], name: string, content: string): RecordSeed => ({ type, name, content });

let simulator: Simulator;
let servers: NameServer[];

beforeAll(async () => {
  simulator = await startSimulator();
  servers = [...simulator.nameServers];
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
});
afterAll(async () => await simulator.close());

const first = () => servers[0] ?? expect.fail('there is no name server');
const ask = async (name: string, type: RecordType, size?: number) => await askUdp(first(), queryFor(name, type, size));

describe('authority', () => {
  test('an answer has AA, no RA, and echoes the question as it was written', async () => {
    const answer = await ask('SMALL.test', 'TXT');
    expect(answer).toMatchObject({ flag_aa: true, flag_ra: false, flag_tc: false, id: 4711 });
    expect(answer.questions).toMatchObject([{ name: 'SMALL.test', type: 'TXT' }]);
    expect(answer.answers).toMatchObject([{ name: 'SMALL.test', ttl: 300 }]);
    expect(txtOf(answer)).toEqual(['onetwo']);
  });

  test('the apex has SOA and NS', async () => {
    const soa = await ask('small.test', 'SOA');
    const ns = await ask('small.test', 'NS');
    expect(soa.answers).toMatchObject([{ type: 'SOA', data: { mname: 'ada.ns.cloudflare.test', minimum: 1800 } }]);
    expect(ns.answers?.map((answer) => ('data' in answer ? answer.data : null))).toEqual([
      'ada.ns.cloudflare.test',
      'bob.ns.cloudflare.test',
    ]);
  });

  test.each<[string, RecordType, number]>([
    ['small.test', 'MX', NOERROR],
    ['b.small.test', 'TXT', NOERROR],
    ['nothing.small.test', 'TXT', NXDOMAIN],
    ['nothing.here.wild.small.test', 'TXT', NXDOMAIN],
  ])('%s %s is answered with code %i and the SOA in authority', async (name, type, rcode) => {
    const answer = await ask(name, type);
    expect(rcodeOf(answer)).toBe(rcode);
    expect(answer).toMatchObject({ flag_aa: true, answers: [], authorities: [{ type: 'SOA', name: 'small.test' }] });
  });

  test.each(['elsewhere.test', 'not-yet.test', 'gone.test', 'test'])('%s is refused', async (name) => {
    const answer = await ask(name, 'TXT');
    expect(rcodeOf(answer)).toBe(REFUSED);
    expect(answer.flag_aa).toBe(false);
  });

  test('a pending zone is served', async () => {
    expect(rcodeOf(await ask('pending.test', 'SOA'))).toBe(NOERROR);
  });

  test('a CNAME is followed inside the zone only', async () => {
    const types = async (name: string) => (await ask(name, 'A')).answers?.map(({ type }) => type);
    expect(await types('alias.small.test')).toEqual(['CNAME', 'A']);
    expect(await types('outside.small.test')).toEqual(['CNAME']);
    expect(await types('dangling.small.test')).toEqual(['CNAME']);
    expect(rcodeOf(await ask('dangling.small.test', 'A'))).toBe(NXDOMAIN);
  });

  test('a wildcard stands in for names without records, not for those that have some', async () => {
    const synthesized = await ask('x.wild.small.test', 'TXT');
    expect(synthesized.answers).toMatchObject([{ name: 'x.wild.small.test' }]);
    expect(txtOf(synthesized)).toEqual(['any']);
    expect((await ask('here.wild.small.test', 'TXT')).answers).toEqual([]);
  });

  test.each(['child.small.test', 'deep.child.small.test'])('%s is referred to its own servers', async (name) => {
    const referral = await ask(name, 'TXT');
    expect(rcodeOf(referral)).toBe(NOERROR);
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
  ])('what does not fit %s is truncated to nothing', async (_case, size) => {
    const answer = await ask('example.com', 'TXT', size);
    expect(answer).toMatchObject({ flag_tc: true, flag_aa: true, answers: [] });
    expect(answer.additionals).toHaveLength(size === undefined ? 0 : 1);
  });

  test('what fits the EDNS size comes over UDP', async () => {
    const answer = await ask('example.com', 'TXT', 4096);
    expect(answer.flag_tc).toBe(false);
    expect(txtOf(answer)).toContain('MS=ms48213907');
  });

  test('several queries may share a TCP connection', async () => {
    const answers = await askTcp(first(), [queryFor('example.com', 'TXT'), queryFor('small.test', 'TXT')]);
    expect(answers.map((answer) => txtOf(answer).length)).toEqual([16, 1]);
    expect(txtOf(answers[0] ?? {})).toEqual(expect.arrayContaining(['', 'société-vérification=été-2024']));
  });

  test('node:dns gets the whole apex RRset by itself', async () => {
    const resolver = new Resolver();
    resolver.setServers([`${first().address}:${first().port}`]);
    const values = await resolver.resolveTxt('example.com');
    expect(values).toHaveLength(16);
    expect(values.some((strings) => strings.length > 1)).toBe(true);
    expect(values).toContainEqual(['']);
    expect(await resolver.resolveMx('example.com')).toHaveLength(2);
    await expect(resolver.resolveTxt('none.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('malformed messages are passed over', async () => {
    const { address, port } = first();
    const silence = askUdp(first(), Buffer.from('not a message'), AbortSignal.timeout(100));
    await expect(silence).rejects.toMatchObject({ name: 'AbortError' });
    const socket = connect(port, address);
    socket.write(Buffer.from([0, 3, 1, 2, 3]));
    expect(await askTcp(first(), [queryFor('small.test', 'TXT')])).toHaveLength(1);
    socket.destroy();
  });

  test('anything but a plain question is declined', async () => {
    const update = await askUdp(first(), { ...queryFor('small.test', 'SOA'), flags: 5 << 11 });
    const double = { name: 'small.test', type: 'TXT' } as const;
    const crowded = await askUdp(first(), { ...queryFor('small.test', 'TXT'), questions: [double, double] });
    const chaos = { name: 'version.bind', type: 'TXT', class: 'CH' } as const;
    const version = await askUdp(first(), { ...queryFor('x', 'TXT'), questions: [chaos] });
    expect([update, crowded, version].map(rcodeOf)).toEqual([4, 1, REFUSED]);
  });
});

describe('a server’s own trouble', () => {
  test('each server shows a change only after its lag, and never takes it back', async () => {
    await using stack = new AsyncDisposableStack();
    const slow = await startSimulator({ nameServerLagSeconds: [0, 3600] });
    stack.defer(() => slow.close());
    const see = async () => {
      const answers = slow.nameServers.map(
        async (server) => await askUdp(server, queryFor('example.com', 'TXT', 4096)),
      );
      return (await Promise.all(answers)).map((answer) => txtOf(answer).includes('new'));
    };
    const serials = async () => {
      const answers = slow.nameServers.map(async (server) => await askUdp(server, queryFor('example.com', 'SOA')));
      return (await Promise.all(answers)).map((answer) => JSON.stringify(answer.answers));
    };
    expect(new Set(await serials()).size).toBe(1);
    await clientOf(slow).addTxt('"new"');
    expect(await see()).toEqual([true, false]);
    expect(new Set(await serials()).size).toBe(2);
    for (const server of slow.nameServers) server.lagSeconds = 0;
    expect(await see()).toEqual([true, true]);
    for (const server of slow.nameServers) server.lagSeconds = 3600;
    expect(await see()).toEqual([true, true]);
  });

  test('it can refuse, fail, answer without authority, or not at all', async () => {
    const server = servers[1] ?? expect.fail('there is no second name server');
    const query = queryFor('small.test', 'TXT');
    server.mode = 'refuse';
    expect(rcodeOf(await askUdp(server, query))).toBe(REFUSED);
    server.mode = 'servfail';
    expect(rcodeOf(await askUdp(server, query))).toBe(SERVFAIL);
    server.mode = 'lame';
    expect(await askUdp(server, query)).toMatchObject({ flag_aa: false, answers: [{ type: 'TXT' }] });
    server.mode = 'drop';
    await expect(askUdp(server, query, AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'AbortError' });
    server.mode = 'normal';
    expect(txtOf(await askUdp(server, query))).toEqual(['onetwo']);
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
