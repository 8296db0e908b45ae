import { CloudflareError } from './cloudflare-error.ts';

/** How an error is to be handled; its kind says only how the call failed. */
export type CloudflareErrorClass =
  | 'no token'
  | 'unauthorised'
  | 'throttled'
  | 'unreachable'
  | 'unavailable'
  | 'malformed answer'
  | 'no success'
  | 'refused';

/** "Invalid request headers": of those that this client sends, only Authorization can be invalid. */
const malformedAuthorization = 6003;

/** Goes by the HTTP status first: codes are not unique, and some are below the documented range. */
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

/** Whether the API refused the call, as opposed to a missing answer or an outage, which are retried. */
export function isRefusal(error: unknown): error is CloudflareError {
  return error instanceof CloudflareError && refusals.has(classOf(error));
}

const refusals = new Set<CloudflareErrorClass>(['no token', 'unauthorised', 'refused']);
