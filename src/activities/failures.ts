/** The one place where an error of a client becomes a failure that Temporal, the status and other languages understand. */
import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import type { FailureType, Pace } from '../contract.ts';
import { DnsError } from '../dns/dns-error.ts';

interface Classification {
  type: FailureType;
  retried: boolean;
  /** Seconds until the next try; `null`: the activity's own back-off. */
  retryInSeconds: number | null;
}

/** "Invalid request headers": the Authorization header, which is the only one of ours that can be. */
const malformedAuthorization = 6003;

/** Sorts by HTTP status first: codes are not unique and can fall below their documented range. */
export function classify(error: CloudflareError, { authRetrySeconds, throttledSeconds }: Pace): Classification {
  const { kind, status, codes, retryAfterSeconds } = error;
  if (status === 429) {
    return { type: 'CloudflareThrottled', retried: true, retryInSeconds: retryAfterSeconds ?? throttledSeconds };
  }
  switch (kind) {
    case 'no-token':
      return { type: 'CloudflareUnauthorized', retried: true, retryInSeconds: authRetrySeconds };
    case 'network':
    case 'timeout':
      return { type: 'CloudflareUnreachable', retried: true, retryInSeconds: null };
    case 'malformed':
      return { type: 'CloudflareUnavailable', retried: true, retryInSeconds: retryAfterSeconds };
    case 'refused':
      break;
  }
  if (status === 401 || status === 403 || (status === 400 && codes.includes(malformedAuthorization))) {
    return { type: 'CloudflareUnauthorized', retried: true, retryInSeconds: authRetrySeconds };
  }
  if (status === 408 || (status ?? 0) >= 500) {
    return { type: 'CloudflareUnavailable', retried: true, retryInSeconds: retryAfterSeconds };
  }
  return { type: 'CloudflareRefused', retried: (status ?? 0) < 400, retryInSeconds: null };
}

/** Keeps what is Temporal's own (cancellation, a failure already made) and gives every client error its contract type. */
export function toFailure(error: unknown, pace: Pace, attempt: number): unknown {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof CloudflareError) {
    const { type, retried, retryInSeconds } = classify(error, pace);
    return ApplicationFailure.create({
      message: error.message,
      type,
      nonRetryable: !retried,
      ...(retryInSeconds === null ? {} : { nextRetryDelay: retryInSeconds * 1000 }),
      details: [
        {
          status: error.status,
          codes: error.codes,
          cfRay: error.cfRay,
          documentationUrl: error.documentationUrl,
          attempt,
        },
      ],
    });
  }
  if (error instanceof DnsError) {
    return ApplicationFailure.create({ message: error.message, type: 'DnsUnavailable' });
  }
  return error;
}

/** The API's own no, as opposed to an answer that did not come or a server in trouble, which are tried again. */
export function isRefusal(error: unknown): error is CloudflareError {
  if (!(error instanceof CloudflareError)) return false;
  if (error.kind === 'no-token') return true;
  if (error.kind !== 'refused') return false;
  const status = error.status ?? 0;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
