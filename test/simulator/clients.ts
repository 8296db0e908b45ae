import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type DecodedPacket, decode, encode, type Packet, type RecordType, streamEncode } from 'dns-packet';
import { z } from 'zod';
import { defaultToken, type Simulator } from '../../simulator/simulator.ts';
import type { ServerAddress } from '../../simulator/txt-query.ts';

const envelope = z.looseObject({
  success: z.boolean(),
  errors: z.array(z.looseObject({ code: z.number(), message: z.string() })),
  messages: z.array(z.looseObject({ code: z.number() })),
  result_info: z.looseObject({ total_count: z.number(), total_pages: z.number(), count: z.number() }).optional(),
});

const connector = z.object({
  id: z.string(),
  created_on: z.string(),
  email_domain: z.string(),
  enabled: z.boolean(),
  use_fedramp_language: z.boolean(),
  verification: z.object({ code: z.string(), status: z.string() }),
});

const items = z.array(z.looseObject({ id: z.string() }));

export interface CallOptions {
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
  token?: string;
  signal?: AbortSignal;
}

/** Calls the simulated API, with the default token unless `options` name another; `text` is sent as it is. */
export async function send(simulator: Simulator, method: string, path: string, options: CallOptions = {}) {
  const body = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  return await fetch(simulator.baseUrl + path, {
    method,
    headers: { authorization: `Bearer ${options.token ?? defaultToken}`, ...options.headers },
    ...(body === undefined ? {} : { body }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** Calls the simulated API and parses the envelope; throws when the response is not one. */
export async function call(simulator: Simulator, method: string, path: string, options: CallOptions = {}) {
  const response = await send(simulator, method, path, options);
  const body = envelope.parse(await response.json());
  return { status: response.status, headers: response.headers, body, codes: body.errors.map(({ code }) => code) };
}

/** Functions that call the simulated API and return the result; each throws when the call does not succeed. */
export function clientOf(simulator: Simulator) {
  const connectors = `/accounts/${simulator.account.id}/sso_connectors`;
  const result = async (method: string, path: string, body?: unknown) => {
    const response = await call(simulator, method, path, { body });
    if (!response.body.success) throw new Error(`${method} ${path}: ${JSON.stringify(response.body.errors)}`);
    return response.body['result'];
  };
  const zoneId = async (name = 'example.com') => {
    const [zone] = items.parse(await result('GET', `/zones?name=${name}`));
    return zone?.id ?? 'none';
  };
  return {
    connectors,
    zoneId,
    createConnector: async (fields: object = {}) =>
      connector.parse(await result('POST', connectors, { email_domain: 'example.com', ...fields })),
    getConnector: async (id: string) => connector.parse(await result('GET', `${connectors}/${id}`)),
    listConnectors: async () => z.array(connector).parse(await result('GET', connectors)),
    patchConnector: async (id: string, body: object) =>
      connector.parse(await result('PATCH', `${connectors}/${id}`, body)),
    beginVerification: async (id: string) => await result('POST', `${connectors}/${id}/begin_verification`),
    listRecords: async (query = '') =>
      items.parse(await result('GET', `/zones/${await zoneId()}/dns_records?${query}`)),
    addTxt: async (content: string, name = 'example.com') =>
      items.element.parse(
        await result('POST', `/zones/${await zoneId()}/dns_records`, { type: 'TXT', name, content, ttl: 60 }),
      ),
  };
}

/** Calls the control API; an empty response body is `null`. */
export async function control(simulator: Simulator, method: string, path: string, body?: unknown) {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(simulator.controlUrl + path, init);
  const text = await response.text();
  const value: unknown = text === '' ? null : JSON.parse(text);
  return { status: response.status, body: value };
}

/** A query without recursion, and with EDNS if `udpPayloadSize` (bytes) is given. */
export function buildQuery(name: string, type: RecordType, udpPayloadSize?: number): Packet {
  const options = { extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] };
  return {
    type: 'query',
    id: 4711,
    flags: 0,
    questions: [{ name, type }],
    additionals: udpPayloadSize === undefined ? [] : [{ type: 'OPT', name: '.', udpPayloadSize, ...options }],
  };
}

/** Sends a query over UDP and returns the response. */
export async function queryUdp(server: ServerAddress, query: Packet | Buffer, signal = AbortSignal.timeout(5000)) {
  const socket = createSocket('udp4');
  try {
    socket.send(Buffer.isBuffer(query) ? query : encode(query), server.port, server.address);
    const event: unknown[] = await once(socket, 'message', { signal });
    return decodeMessage(event[0]);
  } finally {
    socket.close();
  }
}

/** Sends all queries over one TCP connection and returns their responses. */
export async function queryTcp(server: ServerAddress, queries: Packet[]): Promise<DecodedPacket[]> {
  const socket = connect(server.port, server.address);
  const responses: DecodedPacket[] = [];
  let received = Buffer.alloc(0);
  socket.write(Buffer.concat(queries.map((query) => streamEncode(query))));
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, bytes]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      responses.push(decodeMessage(received.subarray(2, end)));
      received = received.subarray(end);
    }
    if (responses.length === queries.length) break;
  }
  socket.destroy();
  return responses;
}

/** The response code of a message. */
export function rcodeOf(message: Packet): number {
  return (message.flags ?? 0) & 0xf;
}

/** The TXT values in the answer section, each with its character strings joined. */
export function txtOf(message: Packet): string[] {
  return (message.answers ?? []).flatMap((answer) =>
    answer.type === 'TXT' ? [Buffer.concat([answer.data].flat().map((part) => Buffer.from(part))).toString()] : [],
  );
}

function decodeMessage(message: unknown): DecodedPacket {
  if (!Buffer.isBuffer(message)) throw new TypeError('a datagram is a Buffer');
  return decode(message);
}
