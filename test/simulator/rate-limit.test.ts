import { expect, test } from 'vitest';
import { RateLimit } from '../../simulator/rate-limit.ts';

const spendAll = (limit: RateLimit, key: string, at: number) => {
  for (let call = 0; call < 1200; call += 1) expect(limit.spend(key, at).isAllowed).toBe(true);
};

test('after 1,200 calls the next is refused, and so is every one for five minutes', () => {
  const limit = new RateLimit();
  spendAll(limit, 'a', 0);
  expect(limit.spend('a', 100_000)).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 300 });
  expect(limit.spend('a', 399_999).isAllowed).toBe(false);
  expect(limit.spend('a', 400_000)).toEqual({ isAllowed: true, remaining: 1199, resetSeconds: 300 });
});

test('each token has its own budget, new every five minutes', () => {
  const limit = new RateLimit();
  spendAll(limit, 'a', 0);
  expect(limit.spend('b', 1).isAllowed).toBe(true);
  expect(limit.spend('a', 300_000).isAllowed).toBe(true);
});
