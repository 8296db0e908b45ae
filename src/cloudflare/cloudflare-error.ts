import type { RateLimit } from './rate-limit.ts';

/**
 * How a call failed:
 * - `no-token`: there is no usable token, so nothing was sent
 * - `network`: no answer, because the connection could not be made or broke. The call may have had its effect.
 * - `timeout`: no answer in time. The call may have had its effect.
 * - `malformed`: an answer that is not the API's envelope, or lacks a field we rely on. The call may have had its effect.
 * - `refused`: the API refused it (a status from 400 on, or a 200 with `success: false`).
 */
type CloudflareErrorKind = 'no-token' | 'network' | 'timeout' | 'malformed' | 'refused';

export type CloudflareErrorFields = Pick<CloudflareError, 'kind' | 'method' | 'path' | 'messages'> &
  Partial<Pick<CloudflareError, 'status' | 'codes' | 'documentationUrl' | 'retryAfterSeconds' | 'cfRay' | 'rateLimit'>>;

/** The only error of this client. Has neither request nor headers, so it cannot leak the token. */
export class CloudflareError extends Error {
  override readonly name = 'CloudflareError';
  readonly kind: CloudflareErrorKind;
  readonly method: string;
  /** Below the base URL, with its query. */
  readonly path: string;
  readonly messages: readonly string[];
  /** HTTP status; `null` when there was no answer. */
  readonly status: number | null;
  /** The envelope's codes, chained ones included. Not unique, so not enough for classification. */
  readonly codes: readonly number[];
  readonly documentationUrl: string | null;
  /** Seconds to wait; `null`: the answer does not say. */
  readonly retryAfterSeconds: number | null;
  /** Identifies the request in Cloudflare's logs. */
  readonly cfRay: string | null;
  readonly rateLimit: RateLimit | null;

  /** The API itself answered 404; a proxy's 404 page does not count. */
  get isNotFound(): boolean {
    return this.kind === 'refused' && this.status === 404;
  }

  constructor(fields: CloudflareErrorFields) {
    super(describe(fields));
    this.kind = fields.kind;
    this.method = fields.method;
    this.path = fields.path;
    this.messages = fields.messages;
    this.status = fields.status ?? null;
    this.codes = fields.codes ?? [];
    this.documentationUrl = fields.documentationUrl ?? null;
    this.retryAfterSeconds = fields.retryAfterSeconds ?? null;
    this.cfRay = fields.cfRay ?? null;
    this.rateLimit = fields.rateLimit ?? null;
  }
}

function describe({ method, path, status, messages, codes, cfRay, documentationUrl }: CloudflareErrorFields): string {
  const said = [...(status ? [`HTTP ${status}`] : []), messages.join('; ')].join(', ');
  const where = [
    ...(codes && codes.length > 0 ? [`code ${codes.join(', ')}`] : []),
    ...(cfRay ? [`cf-ray ${cfRay}`] : []),
    ...(documentationUrl ? [documentationUrl] : []),
  ].join('; ');
  return `Cloudflare ${method} ${path}: ${said}${where === '' ? '' : ` (${where})`}`;
}
