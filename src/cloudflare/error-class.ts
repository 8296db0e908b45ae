import { CloudflareError } from './cloudflare-error.ts';

/** What an error calls for; the kind alone says only how the call went wrong. */
export type CloudflareErrorClass =
  | 'no token'
  | 'unauthorised'
  | 'throttled'
  | 'unreachable'
  | 'unavailable'
  | 'malformed answer'
  | 'no success'
  | 'refused';

/** "Invalid request headers": the Authorization header, which is the only one of ours that can be. */
const malformedAuthorization = 6003;

/** By HTTP status first: codes are not unique and can fall below their documented range. */
export function classOf({ kind, status, codes }: CloudflareError): CloudflareErrorClass {
  if (status === 429) return 'throttled';
  switch (kind) {
    case 'no-token':
      return 'no token';
    case 'network':
    case 'timeout':
      return 'unreachable';
    case 'malformed':
      return 'malformed answer';
    case 'refused':
      break;
  }
  if (status === 401 || status === 403 || (status === 400 && codes.includes(malformedAuthorization))) {
    return 'unauthorised';
  }
  if (status === 408 || (status ?? 0) >= 500) return 'unavailable';
  return (status ?? 0) < 400 ? 'no success' : 'refused';
}

/** The API's own no, as opposed to an answer that did not come or a server in trouble, which are tried again. */
export function isRefusal(error: unknown): error is CloudflareError {
  return error instanceof CloudflareError && refusals.has(classOf(error));
}

const refusals = new Set<CloudflareErrorClass>(['no token', 'unauthorised', 'refused']);
