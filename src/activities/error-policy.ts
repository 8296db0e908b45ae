import type { CloudflareErrorClass } from '../cloudflare/error-class.ts';
import type { FailureType } from '../contract/names/failure-types.ts';
import type { Pace } from '../contract/old-contract.ts';
import type { ProviderErrorKind } from '../dns/publishing/provider-error.ts';

export type ErrorClass =
  | CloudflareErrorClass
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
