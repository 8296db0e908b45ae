import { expect, test } from 'vitest';
import { RateLimit } from '../../simulator/rate-limit.ts';

/** Counts as many calls as one window allows. */
const countAll = (limit: RateLimit, key: string, at: number) => {
  for (let call = 0; call < 1200; call += 1) expect(limit.count(key, at).isAllowed).toBe(true);
};

test('the 1,201st call is refused, and so are all calls for the next five minutes', () => {
  const limit = new RateLimit();
  countAll(limit, 'a', 0);
  expect(limit.count('a', 100_000)).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 300 });
  expect(limit.count('a', 399_999).isAllowed).toBe(false);
  expect(limit.count('a', 400_000)).toEqual({ isAllowed: true, remaining: 1199, resetSeconds: 300 });
});

test('each token has its own window, which ends after five minutes', () => {
  const limit = new RateLimit();
  countAll(limit, 'a', 0);
  expect(limit.count('b', 1).isAllowed).toBe(true);
  expect(limit.count('a', 300_000).isAllowed).toBe(true);
});
