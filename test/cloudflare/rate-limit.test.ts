import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { parseRateLimit, parseRetryAfter } from '../../src/cloudflare/rate-limit.ts';
import type { RateLimit } from '../../src/cloudflare/rate-limit.ts';
import { clientAt, patient } from './clients.ts';
import { errorOf } from './errors.ts';
import { page, refusal, startScriptedServer, success } from './scripted-server.ts';
import { startAccount } from './simulated-account.ts';

describe('the header Ratelimit', () => {
  test.each<[string, string | null, RateLimit | null]>([
    ['says what is left and for how long', '"default";r=50;t=30', { remaining: 50, resetSeconds: 30 }],
    ['may have whitespace', '"default"; r=50; t=30', { remaining: 50, resetSeconds: 30 }],
    ['may have its parameters the other way round', '"default";t=30;r=50', { remaining: 50, resetSeconds: 30 }],
    ['may say that nothing is left', '"burst";r=0;t=1', { remaining: 0, resetSeconds: 1 }],
    ['says nothing without what is left', '"default";t=30', null],
    ['says nothing without the time', '"default";r=50', null],
    ['says nothing in another form', 'limit=100, remaining=50, reset=30', null],
    ['says nothing when it is empty', '', null],
    ['says nothing when it is absent', null, null],
  ])('%s', (_, header, expected) => {
    expect(parseRateLimit(header)).toEqual(expected);
  });
});

describe('the header Retry-After', () => {
  const now = new Date('2026-03-01T09:00:00.000Z');

  test.each<[string, string | null, number | null]>([
    ['is a number of seconds', '120', 120],
    ['may be nothing', '0', 0],
    ['may have whitespace around it', ' 120 ', 120],
    ['may be a date, counted from now', 'Sun, 01 Mar 2026 09:02:00 GMT', 120],
    ['may be a date in the older form', 'Sunday, 01-Mar-26 09:02:00 GMT', 120],
    ['is nothing when it is a date in the past', 'Sun, 01 Mar 2026 08:00:00 GMT', 0],
    ['may be a whole day', '86400', 86_400],
    ['is never more than a day', '86401', 86_400],
    ['is never more than a day, however many digits it has', '9'.repeat(30), 86_400],
    ['is never more than a day, whatever the date', 'Fri, 31 Dec 9999 23:59:59 GMT', 86_400],
    ['is not known when it is a part of a second', '1.5', null],
    ['is not known when it is negative', '-5', null],
    ['is not known when it has a sign', '+5', null],
    ['is not known when it is a date without a weekday', '2026-03-01T09:02:00Z', null],
    ['is not known when it is a date that does not exist', 'Sun, 99 Mar 2026 09:02:00 GMT', null],
    ['is not known when it cannot be read', 'soon', null],
    ['is not known when it is empty', ' ', null],
    ['is not known when it is absent', null, null],
  ])('%s', (_, header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });

  test('is from nothing to a day, or not known, whatever it says', () => {
    const numbers = fc.oneof(fc.integer(), fc.double(), fc.bigInt()).map(String);
    const dates = fc.date({ noInvalidDate: true }).map((date) => date.toUTCString());
    fc.assert(
      fc.property(fc.oneof(fc.string(), numbers, dates), (header) => {
        const seconds = parseRetryAfter(header, now) ?? 0;
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(86_400);
      }),
    );
  });
});

describe('the remaining rate limit', () => {
  test('is reported after each answer, and shrinks', async () => {
    const account = await startAccount();
    const reported: RateLimit[] = [];
    const client = clientAt(account, { onRateLimit: (rateLimit) => reported.push(rateLimit) });
    for (const path of ['user/tokens/verify', 'zones']) {
      await client.call({ method: 'GET', path }, z.unknown(), patient);
    }
    expect(reported.map(({ remaining }) => remaining)).toEqual([1199, 1198]);
  });

  test('is reported after a refusal, too', async () => {
    const answer = refusal(429, { code: 10100, message: 'Slow down' });
    const peer = await startScriptedServer({ ...answer, headers: { ratelimit: '"default";r=0;t=299' } });
    const reported: RateLimit[] = [];
    const client = clientAt(peer, { onRateLimit: (rateLimit) => reported.push(rateLimit) });
    const error = await errorOf(client.call({ method: 'GET', path: 'things' }, z.unknown(), patient));
    expect(reported).toEqual([{ remaining: 0, resetSeconds: 299 }]);
    expect(error.rateLimit).toEqual({ remaining: 0, resetSeconds: 299 });
  });

  test('is reported once for each page', async () => {
    const [first, second] = [page(['a'], 2), page(['b'], 2)];
    const peer = await startScriptedServer(
      { ...first, headers: { ratelimit: '"default";r=9;t=10' } },
      { ...second, headers: { ratelimit: '"default";r=8;t=10' } },
    );
    const reported: RateLimit[] = [];
    const client = clientAt(peer, { onRateLimit: (rateLimit) => reported.push(rateLimit) });
    await client.listAll('things', {}, z.string(), patient);
    expect(reported.map(({ remaining }) => remaining)).toEqual([9, 8]);
  });

  test('is not reported for an answer without it', async () => {
    const peer = await startScriptedServer(success());
    const reported: RateLimit[] = [];
    const client = clientAt(peer, { onRateLimit: (rateLimit) => reported.push(rateLimit) });
    await client.call({ method: 'GET', path: 'things' }, z.unknown(), patient);
    expect(reported).toEqual([]);
  });
});
