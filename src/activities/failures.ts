/** The one place where an error of a client becomes a failure that Temporal, the status and other languages understand. */
import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import { classOf, isRefusal } from '../cloudflare/error-class.ts';
import type { Pace } from '../contract/old-contract.ts';
import { DnsError } from '../dns/wire/dns-error.ts';
import { ProviderError } from '../dns/publishing/provider-error.ts';
import { errorPolicies, providerErrorClasses, retryDelay } from './error-policy.ts';

/** Keeps what is Temporal's own (cancellation, a failure already made) and gives every client error its contract type. */
export function toFailure(error: unknown, pace: Pace, mayHaveWritten: boolean): unknown {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof CloudflareError) {
    const policy = errorPolicies[classOf(error)];
    const delay = retryDelay(policy, pace, error.retryAfterSeconds);
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
    const delay = retryDelay(policy, pace, null);
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

/** A definite no: whatever was asked for has not been done. */
export function isWithoutEffect(error: unknown): boolean {
  if (error instanceof ProviderError) return error.kind !== 'unavailable';
  return isRefusal(error) || (error instanceof CloudflareError && classOf(error) === 'throttled');
}

/** A look after the effect that still shows the old state: tried again. */
export function notYet(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: 'CloudflareUnavailable' });
}
