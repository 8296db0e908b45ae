import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';

import { decode, encode } from 'dns-packet';
import type { DecodedPacket } from 'dns-packet';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DnsError } from '../../../src/dns/wire/dns-error.ts';
import { queryServer } from '../../../src/dns/wire/client.ts';
import type { ServerQuery } from '../../../src/dns/wire/client.ts';
import type { WireAnswer } from '../../../src/dns/wire/message.ts';
import { frame, nxdomain, refusedRcode, startDnsServers } from '../dns-server.ts';
import type { Respond } from '../dns-server.ts';
import { a, serve, soa, txt } from '../zones.ts';

const serverAddress = '127.0.0.2';
const shortTimeout = 400;

async function ask(port: number, over: Partial<ServerQuery> = {}): Promise<WireAnswer> {
  return await queryServer({
    server: { address: serverAddress, port },
    name: 'example.test',
    type: 'TXT',
    timeoutMilliseconds: 5000,
    signal: new AbortController().signal,
    ...over,
  });
}

/** How one question to a server with this script fails. */
async function failureOf(respond: Respond, over: Partial<ServerQuery> = {}): Promise<unknown> {
  await using servers = await startDnsServers({ [serverAddress]: respond });
  return await ask(servers.port, over).then(
    () => 'answered',
    (error: unknown) => error,
  );
}

function dnsError(kind: DnsError['kind'], detail: string): unknown {
  const contains: unknown = expect.stringContaining(detail);
  return expect.objectContaining({ name: 'DnsError', kind, detail: contains });
}

describe.concurrent('a question', () => {
  test('goes out without recursion desired, with EDNS of 1232 bytes', async () => {
    await using servers = await startDnsServers({ [serverAddress]: serve({ apex: 'example.test', records: [] }) });
    await ask(servers.port);
    const [query] = servers.queriesOf(serverAddress);
    expect(query).toMatchObject({ name: 'example.test', type: 'TXT', transport: 'udp' });
    expect(query?.packet.flag_rd).toBe(false);
    expect(query?.packet.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
  });

  test('is asked again when the first datagram is lost', async () => {
    let seen = 0;
    await using servers = await startDnsServers({
      [serverAddress]: () => {
        seen += 1;
        return seen === 1 ? null : { aa: true };
      },
    });
    await expect(ask(servers.port, { timeoutMilliseconds: 1500 })).resolves.toMatchObject({ rcode: 'NOERROR' });
  });

  test('is asked again without EDNS where the server does not know it', async () => {
    await using servers = await startDnsServers({
      [serverAddress]: (query) =>
        query.packet.additionals?.length
          ? { rcode: 1, questions: [] }
          : { aa: true, answers: [a('example.test', '192.0.2.1')] },
    });
    await expect(ask(servers.port)).resolves.toMatchObject({ rcode: 'NOERROR', answers: [{ data: '192.0.2.1' }] });
  });
});

describe.concurrent('an answer', () => {
  test('is given with its sections, its flags and TXT data as bytes', async () => {
    await using servers = await startDnsServers({
      [serverAddress]: () => ({
        aa: true,
        answers: [txt('Example.TEST', Buffer.from([0xff, 0x00]), 'two')],
        authorities: [soa('example.test')],
        additionals: [a('ns.example.test', '192.0.2.1')],
      }),
    });
    await expect(ask(servers.port)).resolves.toMatchObject({
      rcode: 'NOERROR',
      aa: true,
      ra: false,
      answers: [{ name: 'Example.TEST', type: 'TXT', data: [Buffer.from([0xff, 0x00]), Buffer.from('two')] }],
      authorities: [{ type: 'SOA', name: 'example.test' }],
      additionals: [{ type: 'A', data: '192.0.2.1' }],
    });
  });

  test.each([
    [nxdomain, 'NXDOMAIN'],
    [refusedRcode, 'REFUSED'],
    [15, 'RCODE15'],
  ])('with rcode %i is an answer: %s', async (rcode, name) => {
    await using servers = await startDnsServers({ [serverAddress]: () => ({ rcode }) });
    await expect(ask(servers.port)).resolves.toMatchObject({ rcode: name, aa: false });
  });

  test('of another class does not count among its records', async () => {
    await using servers = await startDnsServers({
      [serverAddress]: () => ({ aa: true, answers: [{ ...txt('example.test', 'value'), class: 'CH' }] }),
    });
    await expect(ask(servers.port)).resolves.toMatchObject({ answers: [] });
  });

  test.each([
    ['past 512 bytes', 20, ['udp']],
    ['past 1232 bytes', 100, ['udp', 'tcp']],
    ['past 4096 bytes', 300, ['udp', 'tcp']],
  ])('%s comes whole', async (_, count, transports) => {
    const values = Array.from({ length: count }, (__, index) => txt('example.test', `site-verification=${index}`));
    await using servers = await startDnsServers({ [serverAddress]: serve({ apex: 'example.test', records: values }) });
    const { answers } = await ask(servers.port);
    expect(answers).toHaveLength(count);
    expect(servers.queriesOf(serverAddress).map(({ transport }) => transport)).toEqual(transports);
  });

  test('from another address is ignored', async () => {
    await using sockets = new AsyncDisposableStack();
    const server = await openUdp(sockets, serverAddress);
    const otherSocket = await openUdp(sockets, '127.0.0.3');
    server.on('message', (message, { port, address }) => {
      otherSocket.send(encodeAnswer(decode(message), 'forged'), port, address, () => {
        server.send(encodeAnswer(decode(message), 'genuine'), port, address);
      });
    });
    await expect(ask(server.address().port)).resolves.toMatchObject({ answers: [{ data: [Buffer.from('genuine')] }] });
  });

  test('with another id is ignored', async () => {
    await using sockets = new AsyncDisposableStack();
    const server = await openUdp(sockets, serverAddress);
    server.on('message', (message, { port, address }) => {
      const forged = encodeAnswer(decode(message), 'forged');
      forged.writeUInt16BE(forged.readUInt16BE(0) ^ 1, 0);
      server.send(forged, port, address, () => server.send(encodeAnswer(decode(message), 'genuine'), port, address));
    });
    await expect(ask(server.address().port)).resolves.toMatchObject({ answers: [{ data: [Buffer.from('genuine')] }] });
  });
});

describe.concurrent('a question fails', () => {
  test('with a timeout that names server and question when nothing comes back', async () => {
    const error = await failureOf(() => null, { timeoutMilliseconds: shortTimeout });
    expect(error).toEqual(dnsError('timeout', 'no answer within 0.4 s'));
    expect(error).toHaveProperty('message', expect.stringMatching(/^example\.test TXT at 127\.0\.0\.2:\d+: no answer/));
  });

  test('at once when nothing listens on the port', async () => {
    const { port } = await startAndStop();
    await expect(ask(port)).rejects.toEqual(dnsError('refused-connection', 'connection refused'));
  });

  test('at once when the address cannot be reached', async () => {
    const server = { address: '255.255.255.255', port: 53 };
    await expect(ask(0, { server })).rejects.toEqual(dnsError('unreachable', 'cannot be reached'));
  });

  test('when every answer has another id', async () => {
    const error = await failureOf(({ packet }) => ({ aa: true, id: ((packet.id ?? 0) + 1) % 65_536 }), {
      timeoutMilliseconds: shortTimeout,
    });
    expect(error).toEqual(dnsError('timeout', 'no answer'));
  });

  test.each<[string, Respond, string]>([
    ['to another name', () => ({ questions: [{ name: 'example.com', type: 'TXT' }] }), 'another question'],
    ['to another type', () => ({ questions: [{ name: 'example.test', type: 'A' }] }), 'another question'],
    [
      'in another class',
      () => ({ questions: [{ name: 'example.test', type: 'TXT', class: 'CH' }] }),
      'another question',
    ],
    ['to no question', () => ({ questions: [] }), 'another question'],
    ['that is the query sent back', ({ packet }) => encode({ ...packet, type: 'query' }), 'not an answer but a query'],
    ['of another opcode', ({ packet }) => encode({ ...packet, type: 'response', flags: 5 << 11 }), 'opcode'],
    ['cut in the middle', ({ packet }) => encodeAnswer(packet).subarray(0, 40), 'cannot be decoded'],
    ['cut in its last value', ({ packet }) => encodeAnswer(packet).subarray(0, -1), 'ends too early'],
    ['of a bare header that claims records', ({ packet }) => bareHeader(packet, 0x84_00, 9), 'cannot be decoded'],
  ])('when it gets an answer %s', async (_, respond, detail) => {
    expect(await failureOf(respond)).toEqual(dnsError('malformed', detail));
  });

  test.each<[string, Respond, DnsError['kind'], string]>([
    ['silent', () => null, 'timeout', 'no answer'],
    ['truncated again', ({ packet }) => frame(truncated(packet)), 'malformed', 'truncated even over TCP'],
    ['of another id', () => frame(Buffer.alloc(12)), 'malformed', 'another id'],
    ['shorter than a header', () => frame(Buffer.alloc(1)), 'malformed', 'another id'],
    ['of no bytes', () => frame(Buffer.alloc(0)), 'malformed', 'another id'],
    [
      'shorter than its length says',
      ({ packet }) => frame(encodeAnswer(packet)).subarray(0, -1),
      'timeout',
      'no answer',
    ],
  ])('when the server truncates over UDP and is %s over TCP', async (_, respond, kind, detail) => {
    const script: Respond = (query) => (query.transport === 'udp' ? truncated(query.packet) : respond(query));
    expect(await failureOf(script, { timeoutMilliseconds: 1000 })).toEqual(dnsError(kind, detail));
  });

  test('when the server truncates and has no TCP', async () => {
    await using sockets = new AsyncDisposableStack();
    const server = await openUdp(sockets, serverAddress);
    server.on('message', (message, { port, address }) => server.send(truncated(decode(message)), port, address));
    await expect(ask(server.address().port)).rejects.toEqual(dnsError('refused-connection', 'connection refused'));
  });
});

describe.concurrent('an aborted signal', () => {
  const reason = { why: 'the activity was cancelled' };

  test('is thrown as it is, before anything is sent', async () => {
    await using servers = await startDnsServers({ [serverAddress]: () => ({ aa: true }) });
    await expect(ask(servers.port, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(servers.queriesOf(serverAddress)).toEqual([]);
  });

  test.each(['udp', 'tcp'])('is thrown as it is while waiting over %s', async (transport) => {
    const cancel = new AbortController();
    const respond: Respond = (query) => {
      if (query.transport === 'udp' && transport === 'tcp') return truncated(query.packet);
      cancel.abort(reason);
      return null;
    };
    await using servers = await startDnsServers({ [serverAddress]: respond });
    await expect(ask(servers.port, { signal: cancel.signal })).rejects.toBe(reason);
  });
});

describe.concurrent('whatever bytes come back', () => {
  test('the outcome is an answer or a DnsError', async () => {
    let bytes = Buffer.alloc(0);
    const respond: Respond = ({ packet, transport }) => {
      const message = Buffer.from(bytes);
      // With the right id, so that the rest is read.
      if (message.length >= 2) message.writeUInt16BE(packet.id ?? 0, 0);
      return transport === 'tcp' ? frame(message) : message;
    };
    await using servers = await startDnsServers({ [serverAddress]: respond });

    const noise = fc.uint8Array({ minLength: 12, maxLength: 600 });
    const genuine = encode({
      type: 'response',
      flags: 1 << 10,
      questions,
      answers: [txt('example.test', 'value', 'two')],
    });
    const damaged = fc
      .tuple(fc.nat(genuine.length), fc.array(fc.tuple(fc.nat(genuine.length - 1), fc.nat(255)), { maxLength: 6 }))
      .map(([cut, changes]) => {
        const copy = Buffer.from(genuine);
        for (const [index, byte] of changes) copy[index] = byte;
        return copy.subarray(0, Math.max(12, copy.length - (cut % 20)));
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(noise, damaged), async (message) => {
        bytes = Buffer.from(message);
        const outcome = await ask(servers.port).catch((error: unknown) => error);
        expect(outcome).toEqual(
          expect.toSatisfy(
            (seen) => seen instanceof DnsError || (seen !== null && typeof seen === 'object' && 'rcode' in seen),
          ),
        );
        expect(outcome).not.toHaveProperty('kind', 'timeout');
      }),
      { numRuns: 200 },
    );
  });
});

const questions = [{ name: 'example.test', type: 'TXT' as const }];

/** An authoritative answer with one TXT value. */
function encodeAnswer({ id }: DecodedPacket, value = 'value'): Buffer {
  return encode({ type: 'response', id, flags: 1 << 10, questions, answers: [txt('example.test', value)] });
}

function truncated({ id }: DecodedPacket): Buffer {
  return encode({ type: 'response', id, flags: 1 << 9, questions });
}

function bareHeader({ id = 0 }: DecodedPacket, flags: number, answers: number): Buffer {
  const header = Buffer.alloc(12);
  for (const [index, value] of [id, flags, 0, answers].entries()) header.writeUInt16BE(value, index * 2);
  return header;
}

async function openUdp(sockets: AsyncDisposableStack, address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  sockets.defer(() => {
    socket.close();
  });
  return socket;
}

/** A port that was free a moment ago. */
async function startAndStop(): Promise<{ port: number }> {
  await using servers = await startDnsServers({ [serverAddress]: () => null });
  return { port: servers.port };
}
