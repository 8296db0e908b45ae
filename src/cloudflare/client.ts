/**
 * Calls to the Cloudflare API: authorisation, envelope, errors, paging.
 * https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/
 */
import { aborted } from 'node:util';

import ky, { isNetworkError } from 'ky';
import { z } from 'zod';

import { CloudflareError } from './cloudflare-error.ts';
import type { CloudflareErrorFields } from './cloudflare-error.ts';
import { parseRateLimit, parseRetryAfter } from './rate-limit.ts';
import type { RateLimit } from './rate-limit.ts';

export interface ClientOptions {
  /** With its version, such as `https://api.cloudflare.com/client/v4`. */
  baseUrl: string;
  /** Called before each request, within its timeout. */
  readToken: (signal: AbortSignal) => Promise<string>;
  /** Called after each answer with the rate-limit header. */
  onRateLimit?: (rateLimit: RateLimit) => void;
}

/** When one call ends early. An aborted `signal` rejects with its own reason, unwrapped. */
export interface CallOptions {
  signal: AbortSignal;
  /** From sending to the last byte of the answer. */
  timeoutMilliseconds: number;
}

type Query = Record<string, string>;

interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Query;
  body?: Record<string, unknown>;
}

interface Answer {
  result: unknown;
  totalPages: number;
  totalCount: number;
  /** For errors about its content. */
  origin: Omit<CloudflareErrorFields, 'kind' | 'messages'>;
}

/** A field that we can do without: one of another type counts as missing. */
const lenient = <Value>(schema: z.ZodType<Value>) => schema.optional().catch(undefined);

const errorFields = { code: lenient(z.number()), message: lenient(z.string()) };
const errorEntry = z.looseObject({
  ...errorFields,
  documentation_url: lenient(z.string()),
  source: lenient(z.looseObject({ pointer: z.string() })),
  error_chain: lenient(z.array(z.looseObject(errorFields))),
});

const envelopeSchema = z.looseObject({
  success: z.boolean(),
  errors: z.array(errorEntry).nullish().catch([]),
  result: z.unknown().optional(),
  result_info: lenient(
    z.looseObject({
      total_pages: lenient(z.number()),
      total_count: lenient(z.number()),
      per_page: lenient(z.number().positive()),
    }),
  ),
});
type Envelope = z.infer<typeof envelopeSchema>;

export type Client = ReturnType<typeof createClient>;

/** Every method throws {@link CloudflareError}, or the reason of an aborted signal. */
export function createClient({ baseUrl, readToken, onRateLimit }: ClientOptions) {
  const http = ky.create({
    prefix: baseUrl,
    // Temporal retries: a second layer here would outlast the attempt's own timeout.
    retry: 0,
    // The signal below covers headers and body together; ky's own timeout counts them separately.
    timeout: false,
    throwHttpErrors: false,
    // The API does not redirect, and the token must not be sent elsewhere.
    redirect: 'manual',
  });

  /** A header cannot carry whitespace, and the error that says so would quote the token. */
  async function readUsableToken(signal: AbortSignal, where: { method: string; path: string }): Promise<string> {
    const unusable = (reason: string) =>
      new CloudflareError({ kind: 'no-token', ...where, messages: [`there is no API token to send: ${reason}`] });
    let token: string;
    try {
      // Not every read can be interrupted: opening a file on a dead network mount cannot.
      token = await Promise.race([readToken(signal), rejectOnAbort(signal)]);
    } catch (error) {
      signal.throwIfAborted();
      throw unusable(error instanceof Error && 'code' in error ? String(error.code) : 'it could not be read');
    }
    if (/^[\x21-\x7e]+$/u.test(token)) return token;
    throw unusable('it is empty, or holds whitespace or characters that are not ASCII');
  }

  async function send(call: Call, options: CallOptions): Promise<Answer> {
    const where = {
      method: call.method,
      path: [call.path, new URLSearchParams(call.query).toString()].filter(Boolean).join('?'),
    };
    options.signal.throwIfAborted();
    const timeout = AbortSignal.timeout(options.timeoutMilliseconds);
    const signal = AbortSignal.any([options.signal, timeout]);
    let response: Response;
    let text: string;
    let token: string;
    try {
      token = await readUsableToken(signal, where);
      response = await http(call.path, {
        method: call.method,
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
        ...(call.query === undefined ? {} : { searchParams: call.query }),
        ...(call.body === undefined ? {} : { json: call.body }),
        signal,
      });
      text = await response.text();
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof CloudflareError) throw error;
      if (timeout.aborted) {
        const messages = [`no answer within ${options.timeoutMilliseconds / 1000} s`];
        throw new CloudflareError({ kind: 'timeout', ...where, messages });
      }
      throw new CloudflareError({ kind: 'network', ...where, messages: [describeNetworkError(error)] });
    }

    const rateLimit = parseRateLimit(response.headers.get('ratelimit'));
    if (rateLimit !== null) onRateLimit?.(rateLimit);
    const origin = {
      ...where,
      status: response.status,
      retryAfterSeconds: parseRetryAfter(response.headers.get('retry-after'), new Date()),
      cfRay: response.headers.get('cf-ray'),
      rateLimit,
    };
    const envelope = parseEnvelope(text);
    if (envelope === null) {
      const messages = [`the answer is not Cloudflare's JSON envelope (${describeBody(response, text)})`];
      throw new CloudflareError({ ...origin, kind: 'malformed', messages });
    }
    if (!response.ok || !envelope.success) {
      const errors = readErrors(envelope);
      // A proxy may repeat what it was sent.
      const messages = errors.messages.map((message) => message.replaceAll(token, '(the token)'));
      throw new CloudflareError({ ...origin, kind: 'refused', ...errors, messages });
    }
    return { result: envelope.result, ...countItems(envelope), origin };
  }

  return {
    /** Resolves with the answer's `result`, checked against the schema. */
    async call<Result>(call: Call, schema: z.ZodType<Result>, options: CallOptions): Promise<Result> {
      return check(await send(call, options), schema);
    },

    /** The `result` arrays of all pages, joined. */
    async listAll<Item>(path: string, query: Query, schema: z.ZodType<Item>, options: CallOptions): Promise<Item[]> {
      const list = z.array(schema).nullish();
      const call: Call = { method: 'GET', path, query };
      const first = await send(call, options);
      const items = check(first, list) ?? [];
      for (let page = 2; page <= first.totalPages && items.length < first.totalCount; page += 1) {
        const next = await send({ ...call, query: { ...query, page: String(page) } }, options);
        items.push(...(check(next, list) ?? []));
      }
      return items;
    },
  };
}

function parseEnvelope(text: string): Envelope | null {
  try {
    const parsed = envelopeSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function readErrors({
  errors,
}: Envelope): Pick<Required<CloudflareErrorFields>, 'codes' | 'messages' | 'documentationUrl'> {
  const entries = errors ?? [];
  const chained = entries.flatMap((entry) => [entry, ...(entry.error_chain ?? [])]);
  const messages = entries.map(({ message, source, error_chain: chain = [] }) => {
    const causes = chain.flatMap((link) => (link.message === undefined ? [] : [`: ${link.message}`]));
    return `${message ?? 'no message'}${source === undefined ? '' : ` at ${source.pointer}`}${causes.join('')}`;
  });
  return {
    codes: chained.flatMap(({ code }) => (code === undefined ? [] : [code])),
    messages: messages.length > 0 ? messages : ['the answer is not a success and has no error'],
    documentationUrl: entries.find((entry) => entry.documentation_url !== undefined)?.documentation_url ?? null,
  };
}

function check<Result>({ result, origin }: Answer, schema: z.ZodType<Result>): Result {
  const parsed = schema.safeParse(result);
  if (parsed.success) return parsed.data;
  const messages = parsed.error.issues.map(({ path, message }) => `${['result', ...path].join('.')}: ${message}`);
  throw new CloudflareError({ ...origin, kind: 'malformed', messages });
}

function countItems({ result_info: info }: Envelope): Pick<Answer, 'totalPages' | 'totalCount'> {
  const totalCount = info?.total_count ?? Infinity;
  const counted = Number.isFinite(totalCount) ? Math.ceil(totalCount / (info?.per_page ?? Infinity)) : 1;
  // An endpoint without paging repeats its list on page 2, so the count ends the loop as well.
  return { totalPages: info?.total_pages ?? counted, totalCount };
}

async function rejectOnAbort(signal: AbortSignal): Promise<never> {
  await aborted(signal, signal);
  throw signal.reason;
}

/**
 * ky's error has the Request with the bearer header, and other errors may quote it, so only the text below a network error is
 * kept.
 */
function describeNetworkError(error: unknown): string {
  const fault = isNetworkError(error) ? error.cause : null;
  if (!(fault instanceof Error)) return 'the connection failed';
  const below = fault.cause instanceof Error ? fault.cause : fault;
  const code = 'code' in below && typeof below.code === 'string' ? below.code : null;
  return [below.message, ...(code === null || below.message.includes(code) ? [] : [code])].filter(Boolean).join(' ');
}

function describeBody(response: Response, text: string): string {
  const type = response.headers.get('content-type') ?? 'no content type';
  return text === '' ? 'empty' : `${type}, ${text.length} characters`;
}
