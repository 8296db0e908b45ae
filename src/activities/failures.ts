/** Turns errors of clients into the contract's failures. */
import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import { classOf, isRefusal } from '../cloudflare/error-class.ts';
import type { RetryTimings } from '../decisions/timings.ts';
import { DnsError } from '../dns/wire/dns-error.ts';
import { ProviderError } from '../dns/publishing/provider-error.ts';
import { errorPolicies, providerErrorClasses, retryDelay } from './error-policy.ts';

/** Temporal's own errors (cancellation, a failure) are returned unchanged; every client error gets its contract type. */
export function toFailure(error: unknown, retry: RetryTimings, mayHaveWritten: boolean): unknown {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof CloudflareError) {
    const policy = errorPolicies[classOf(error)];
    const delay = retryDelay(policy, retry, error.retryAfterSeconds);
    return ApplicationFailure.create({
      message: error.message,
      type: policy.type,
      nonRetryable: !policy.retried,
      ...(delay === null ? {} : { nextRetryDelay: delay * 1000 }),
      details: [
        {
          status: error.status,
          codes: error.codes,
          cfRay: error.cfRay,
          documentationUrl: error.documentationUrl,
          mayHaveWritten,
        },
      ],
    });
  }
  if (error instanceof ProviderError) {
    const policy = errorPolicies[providerErrorClasses[error.kind]];
    const delay = retryDelay(policy, retry, null);
    return ApplicationFailure.create({
      message: `${error.message} (${error.remedy})`,
      type: policy.type,
      nonRetryable: !policy.retried,
      ...(delay === null ? {} : { nextRetryDelay: delay * 1000 }),
      details: [{ mayHaveWritten }],
    });
  }
  if (error instanceof DnsError) {
    return ApplicationFailure.create({ message: error.message, type: errorPolicies['DNS unavailable'].type });
  }
  return error;
}

/** Whether the error proves that the request had no effect. */
export function isWithoutEffect(error: unknown): boolean {
  if (error instanceof ProviderError) return error.kind !== 'unavailable';
  return isRefusal(error) || (error instanceof CloudflareError && classOf(error) === 'throttled');
}

/** A read after the effect still returns the old state: the activity is retried. */
export function notYet(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: 'CloudflareUnavailable' });
}
