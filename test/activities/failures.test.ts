import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { isWithoutEffect, toFailure } from '../../src/activities/failures.ts';
import { isRefusal } from '../../src/cloudflare/error-class.ts';
import { CloudflareError } from '../../src/cloudflare/cloudflare-error.ts';
import type { CloudflareErrorFields } from '../../src/cloudflare/cloudflare-error.ts';
import { failureTypes } from '../../src/contract/names/failure-types.ts';
import type { FailureType } from '../../src/contract/names/failure-types.ts';
import { DnsError } from '../../src/dns/wire/dns-error.ts';
import { ProviderError } from '../../src/dns/publishing/provider-error.ts';
import type { ProviderErrorKind } from '../../src/dns/publishing/provider-error.ts';
import { clientAt, patient, token } from '../cloudflare/clients.ts';
import { errorOf, everyFormOf } from '../cloudflare/errors.ts';
import { abandonedBaseUrl } from '../cloudflare/scripted-server.ts';
import { startAccount } from '../cloudflare/simulated-account.ts';
import { retry } from './run-activity.ts';

const timings = { ...retry, authRetrySeconds: 11, throttledRetrySeconds: 22 };

function cloudflareError(fields: Partial<CloudflareErrorFields>): CloudflareError {
  return new CloudflareError({ kind: 'refused', method: 'GET', path: 'zones', messages: ['no'], ...fields });
}

function failureOf(error: unknown, mayHaveWritten = false): ApplicationFailure {
  const failure = toFailure(error, timings, mayHaveWritten);
  if (failure instanceof ApplicationFailure) return failure;
  throw new Error(`Not a failure: ${String(failure)}`);
}

interface Retry {
  retried: boolean;
  inSeconds: number | undefined;
}

const once: Retry = { retried: false, inSeconds: undefined };
const again: Retry = { retried: true, inSeconds: undefined };
const later = (inSeconds: number): Retry => ({ retried: true, inSeconds });

describe('an error of a DNS provider becomes a failure with its type', () => {
  test.each<[ProviderErrorKind, FailureType, Retry, boolean]>([
    ['unavailable', 'DnsProviderUnavailable', again, false],
    ['busy', 'DnsProviderUnavailable', again, true],
    ['conflict', 'DnsProviderUnavailable', again, true],
    ['unauthorised', 'DnsProviderUnauthorized', later(11), true],
    ['refused', 'DnsProviderRefused', once, true],
  ])('%s: %s', (kind, type, { retried, inSeconds }, isWithout) => {
    const error = new ProviderError(kind, 'it said no', 'ask it nicely');
    const failure = failureOf(error, true);
    expect(failure).toMatchObject({ type, message: 'it said no (ask it nicely)', nonRetryable: !retried });
    expect(failure.nextRetryDelay).toBe(inSeconds === undefined ? undefined : inSeconds * 1000);
    expect(failure.details).toEqual([{ mayHaveWritten: true }]);
    expect(isWithoutEffect(error)).toBe(isWithout);
  });
});

describe('an error of Cloudflare becomes a failure with its type', () => {
  test.each<[string, Partial<CloudflareErrorFields>, FailureType, Retry]>([
    ['no token to send', { kind: 'no-token' }, 'CloudflareUnauthorized', later(11)],
    ['no connection', { kind: 'network' }, 'CloudflareUnreachable', again],
    ['no answer in time', { kind: 'timeout' }, 'CloudflareUnreachable', again],
    ['an answer in another shape', { kind: 'malformed', status: 200 }, 'CloudflareUnavailable', again],
    ['a redirect', { kind: 'malformed', status: 302 }, 'CloudflareUnavailable', again],
    ['a redirect that calls itself a success', { status: 302 }, 'CloudflareRefused', again],
    ['a web page that forbids', { kind: 'malformed', status: 403 }, 'CloudflareUnavailable', again],
    ['a web page that finds nothing', { kind: 'malformed', status: 404 }, 'CloudflareUnavailable', again],
    [
      'a web page that says when',
      { kind: 'malformed', status: 503, retryAfterSeconds: 7 },
      'CloudflareUnavailable',
      later(7),
    ],
    [
      'a web page that throttles and says when',
      { kind: 'malformed', status: 429, retryAfterSeconds: 7 },
      'CloudflareThrottled',
      later(7),
    ],
    [
      'a web page that throttles and does not say when',
      { kind: 'malformed', status: 429 },
      'CloudflareThrottled',
      later(22),
    ],
    ['a 500', { status: 500 }, 'CloudflareUnavailable', again],
    ['a 502', { status: 502 }, 'CloudflareUnavailable', again],
    ['a 503 that says when', { status: 503, retryAfterSeconds: 7 }, 'CloudflareUnavailable', later(7)],
    ['a 522', { status: 522 }, 'CloudflareUnavailable', again],
    ['a 408', { status: 408 }, 'CloudflareUnavailable', again],
    ['a 429 that says when', { status: 429, retryAfterSeconds: 7.5 }, 'CloudflareThrottled', later(7.5)],
    ['a 429 that does not say when', { status: 429 }, 'CloudflareThrottled', later(22)],
    ['a 401', { status: 401, codes: [10000] }, 'CloudflareUnauthorized', later(11)],
    ['a 403', { status: 403, codes: [9109] }, 'CloudflareUnauthorized', later(11)],
    [
      'a 400 that cannot read the Authorization header',
      { status: 400, codes: [6003, 6111] },
      'CloudflareUnauthorized',
      later(11),
    ],
    ['a 400', { status: 400, codes: [1004] }, 'CloudflareRefused', once],
    ['a 404', { status: 404, codes: [7003] }, 'CloudflareRefused', once],
    ['a 409', { status: 409, codes: [1009] }, 'CloudflareRefused', once],
    ['a 200 that says it is no success', { status: 200, codes: [1100] }, 'CloudflareRefused', again],
    [
      'a 400 with the code of throttling, for the status counts',
      { status: 400, codes: [971] },
      'CloudflareRefused',
      once,
    ],
    ['a 500 with the code of a refused token', { status: 500, codes: [10000] }, 'CloudflareUnavailable', again],
  ])('%s', (_, fields, type, { retried, inSeconds }) => {
    const failure = failureOf(cloudflareError(fields));
    expect(failure.type).toBe(type);
    expect(failure.nonRetryable).toBe(!retried);
    expect(failure.nextRetryDelay).toBe(inSeconds === undefined ? undefined : inSeconds * 1000);
    expect(failureTypes).toContain(failure.type);
  });

  test.each([true, false])('which says whether earlier attempts may have written: %s', (mayHaveWritten) => {
    for (const kind of ['no-token', 'network', 'timeout', 'malformed', 'refused'] as const) {
      expect(failureOf(cloudflareError({ kind }), mayHaveWritten).details).toMatchObject([{ mayHaveWritten }]);
    }
  });

  test('with its message, and with details that a client in any language can read', () => {
    const error = cloudflareError({
      status: 400,
      codes: [971, 1004],
      cfRay: '8f2a-LHR',
      documentationUrl: 'https://developers.cloudflare.com/api/',
      rateLimit: { remaining: 1, resetSeconds: 2 },
    });
    const failure = failureOf(error, true);
    expect(failure.message).toBe(error.message);
    expect(failure.details).toEqual([
      {
        status: 400,
        codes: [971, 1004],
        cfRay: '8f2a-LHR',
        documentationUrl: 'https://developers.cloudflare.com/api/',
        mayHaveWritten: true,
      },
    ]);
    expect(JSON.parse(JSON.stringify(failure.details))).toEqual(failure.details);
  });
});

describe('the token is nowhere in a failure', () => {
  test.each(['reset', 'malformed', 'not-success', 'unauthorised', { html: 502 }, { status: 400 }] as const)(
    'after the fault %j',
    async (fault) => {
      const account = await startAccount();
      account.faults.add({ when: 'before', fault });
      const call = clientAt(account).call({ method: 'GET', path: 'zones' }, z.unknown(), patient);
      expect(everyFormOf(failureOf(await errorOf(call)))).not.toContain(token);
    },
  );

  test('where no connection can be made', async () => {
    const client = clientAt({ baseUrl: await abandonedBaseUrl() });
    const error = await errorOf(client.call({ method: 'GET', path: 'zones' }, z.unknown(), patient));
    expect(everyFormOf(failureOf(error))).not.toContain(token);
  });

  test('where a call takes too long', async () => {
    const account = await startAccount();
    account.faults.add({ when: 'before', fault: 'no-answer' });
    const options = { ...patient, timeoutMilliseconds: 50 };
    const error = await errorOf(clientAt(account).call({ method: 'GET', path: 'zones' }, z.unknown(), options));
    expect(everyFormOf(failureOf(error))).not.toContain(token);
  });
});

test('a token that cannot be sent is in no form of the failure', async () => {
  const client = clientAt(await startAccount(), { readToken: async () => await Promise.resolve(`${token}\n${token}`) });
  const failure = failureOf(await errorOf(client.call({ method: 'GET', path: 'zones' }, z.unknown(), patient)));
  expect(failure).toMatchObject({ type: 'CloudflareUnauthorized', nonRetryable: false });
  expect(everyFormOf(failure)).not.toContain(token);
});

test('an error of DNS is tried again', () => {
  const failure = failureOf(new DnsError('timeout', 'example.com SOA at 192.0.2.1:53', 'no answer within 3 s'));
  expect(failure).toMatchObject({
    type: 'DnsUnavailable',
    message: 'example.com SOA at 192.0.2.1:53: no answer within 3 s',
  });
  expect(failure.nonRetryable).toBeFalsy();
  expect(failure.nextRetryDelay).toBeUndefined();
});

test.each<[string, unknown]>([
  ['a cancellation', new CancelledFailure('cancelled')],
  ['a failure that has its type already', ApplicationFailure.nonRetryable('two connectors', 'ConnectorConflict')],
  ['a fault of the program', new TypeError('x is not a function')],
  ['something that is no error', 'thrown'],
])('%s passes through as it is', (_, error) => {
  expect(toFailure(error, timings, true)).toBe(error);
  expect(toFailure(error, timings, false)).toBe(error);
});

test('a call that was cancelled stays a cancellation', async () => {
  const account = await startAccount();
  const cancellation = new CancelledFailure('cancelled');
  const options = { ...patient, signal: AbortSignal.abort(cancellation) };
  const call = clientAt(account).call({ method: 'GET', path: 'zones' }, z.unknown(), options);
  const error: unknown = await call.catch((reason: unknown) => reason);
  expect(toFailure(error, timings, true)).toBe(cancellation);
});

describe('a refusal', () => {
  test.each([400, 401, 403, 404, 409, 422])('with status %d, and has had no effect', (status) => {
    expect(isRefusal(cloudflareError({ status }))).toBe(true);
    expect(isWithoutEffect(cloudflareError({ status }))).toBe(true);
  });

  test('includes a missing token', () => {
    expect(isRefusal(cloudflareError({ kind: 'no-token' }))).toBe(true);
    expect(isWithoutEffect(cloudflareError({ kind: 'no-token' }))).toBe(true);
  });

  test.each<[string, unknown]>([
    ['a 408', cloudflareError({ status: 408 })],
    ['a 500', cloudflareError({ status: 500 })],
    ['a 200 that says it is no success', cloudflareError({ status: 200 })],
    ['no connection', cloudflareError({ kind: 'network' })],
    ['no answer in time', cloudflareError({ kind: 'timeout' })],
    ['an answer in another shape', cloudflareError({ kind: 'malformed', status: 200 })],
    ['a web page that forbids', cloudflareError({ kind: 'malformed', status: 403 })],
    ['a web page that finds nothing', cloudflareError({ kind: 'malformed', status: 404 })],
    ['an error of DNS', new DnsError('rcode', 'example.com', 'REFUSED')],
    ['a cancellation', new CancelledFailure('cancelled')],
    ['something that is no error', null],
  ])('and not %s, which may have had an effect', (_, error) => {
    expect(isRefusal(error)).toBe(false);
    expect(isWithoutEffect(error)).toBe(false);
  });

  test('and not a 429, which has had no effect all the same', () => {
    expect(isRefusal(cloudflareError({ status: 429 }))).toBe(false);
    expect(isWithoutEffect(cloudflareError({ status: 429 }))).toBe(true);
  });
});
