import type { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import type { FailureType, Pace } from '../contract.ts';
import type { ProviderErrorKind } from '../dns/providers/provider-error.ts';

export type ErrorClass =
  | 'no token'
  | 'unauthorised'
  | 'throttled'
  | 'unreachable'
  | 'unavailable'
  | 'malformed answer'
  | 'no success'
  | 'refused'
  | 'DNS unavailable'
  | 'provider unavailable'
  | 'provider unauthorised'
  | 'provider refused';

export interface ErrorPolicy {
  type: FailureType;
  /** Until the deadline; an undo tries again after every error, without end. */
  retried: boolean;
  /** Which wait of the pace comes before the next try, when the answer has no `Retry-After`; `null`: the growing back-off. */
  wait: 'authRetrySeconds' | 'throttledSeconds' | null;
}

/** What is done about each class of error: the one table, and the README shows it. */
export const errorPolicies: Record<ErrorClass, ErrorPolicy> = {
  'no token': { type: 'CloudflareUnauthorized', retried: true, wait: 'authRetrySeconds' },
  unauthorised: { type: 'CloudflareUnauthorized', retried: true, wait: 'authRetrySeconds' },
  throttled: { type: 'CloudflareThrottled', retried: true, wait: 'throttledSeconds' },
  unreachable: { type: 'CloudflareUnreachable', retried: true, wait: null },
  unavailable: { type: 'CloudflareUnavailable', retried: true, wait: null },
  'malformed answer': { type: 'CloudflareUnavailable', retried: true, wait: null },
  'no success': { type: 'CloudflareRefused', retried: true, wait: null },
  refused: { type: 'CloudflareRefused', retried: false, wait: null },
  'DNS unavailable': { type: 'DnsUnavailable', retried: true, wait: null },
  'provider unavailable': { type: 'DnsProviderUnavailable', retried: true, wait: null },
  'provider unauthorised': { type: 'DnsProviderUnauthorized', retried: true, wait: 'authRetrySeconds' },
  'provider refused': { type: 'DnsProviderRefused', retried: false, wait: null },
};

/** "Invalid request headers": the Authorization header, which is the only one of ours that can be. */
const malformedAuthorization = 6003;

/** By HTTP status first: codes are not unique and can fall below their documented range. */
export function classOf({ kind, status, codes }: CloudflareError): ErrorClass {
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

/** The classes of a DNS provider's errors. */
export const providerErrorClasses: Record<ProviderErrorKind, ErrorClass> = {
  unavailable: 'provider unavailable',
  busy: 'provider unavailable',
  raced: 'provider unavailable',
  unauthorised: 'provider unauthorised',
  refused: 'provider refused',
};

/** Seconds until the next try; `null`: the growing back-off. */
export function retryDelay(policy: ErrorPolicy, pace: Pace, retryAfterSeconds: number | null): number | null {
  return retryAfterSeconds ?? (policy.wait === null ? null : pace[policy.wait]);
}
