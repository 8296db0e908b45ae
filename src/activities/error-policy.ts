import type { CloudflareErrorClass } from '../cloudflare/error-class.ts';
import type { FailureType } from '../contract/names/failure-types.ts';
import type { RetryTimings } from '../decisions/timings.ts';
import type { ProviderErrorKind } from '../dns/publishing/provider-error.ts';

type ErrorClass =
  | CloudflareErrorClass
  | 'DNS unavailable'
  | 'provider unavailable'
  | 'provider unauthorised'
  | 'provider refused';

interface ErrorPolicy {
  type: FailureType;
  /** Until the deadline; an undo retries every error, without a limit. */
  retried: boolean;
  /** The wait before the next attempt if the answer has no `Retry-After`; `null`: the growing back-off. */
  wait: 'authRetrySeconds' | 'throttledRetrySeconds' | null;
}

/** What is done about each class of error. docs/failures.md shows this table. */
export const errorPolicies: Record<ErrorClass, ErrorPolicy> = {
  'no token': { type: 'CloudflareUnauthorized', retried: true, wait: 'authRetrySeconds' },
  unauthorised: { type: 'CloudflareUnauthorized', retried: true, wait: 'authRetrySeconds' },
  throttled: { type: 'CloudflareThrottled', retried: true, wait: 'throttledRetrySeconds' },
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

/** The class of each kind of a DNS provider's errors. */
export const providerErrorClasses: Record<ProviderErrorKind, ErrorClass> = {
  unavailable: 'provider unavailable',
  busy: 'provider unavailable',
  conflict: 'provider unavailable',
  unauthorised: 'provider unauthorised',
  refused: 'provider refused',
};

/** Seconds until the next attempt; `null`: the growing back-off. */
export function retryDelay(policy: ErrorPolicy, retry: RetryTimings, retryAfterSeconds: number | null): number | null {
  return retryAfterSeconds ?? (policy.wait === null ? null : retry[policy.wait]);
}
