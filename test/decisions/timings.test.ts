import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readTimings } from '../../src/config/timings.ts';
import { nextWaitSeconds, retryPolicy } from '../../src/decisions/timings.ts';
import type { Polling } from '../../src/decisions/timings.ts';

const { polling: defaults, retry } = readTimings({}, []);

const elapsedSeconds = fc.double({ min: 0, max: 1e9, noNaN: true });
const pollings: fc.Arbitrary<Polling> = fc
  .record({
    firstSeconds: fc.double({ min: 0.001, max: 1e5, noNaN: true }),
    growth: fc.double({ min: 0, max: 10, noNaN: true }),
    above: fc.double({ min: 0, max: 1e5, noNaN: true }),
  })
  .map(({ firstSeconds, growth, above }) => ({ firstSeconds, growth, maxSeconds: firstSeconds + above }));

/** The checks within a wait of this length, counted one by one. */
function countChecks(lengthSeconds: number, polling: Polling): number {
  let checks = 0;
  let elapsed = nextWaitSeconds(0, polling);
  while (elapsed <= lengthSeconds) {
    checks += 1;
    elapsed += nextWaitSeconds(elapsed, polling);
  }
  return checks;
}

describe('the wait before the next check', () => {
  test.each([
    ['is the first wait at the start', 0, 5],
    ['is the first wait while a share of the elapsed time is shorter', 49, 5],
    ['is the share of the elapsed time from there on', 100, 10],
    ['grows with the elapsed time', 3600, 360],
    ['reaches the longest wait', 9000, 900],
    ['stays at the longest wait', 172_800, 900],
  ])('%s', (_, elapsed, expected) => {
    expect(nextWaitSeconds(elapsed, { firstSeconds: 5, growth: 0.1, maxSeconds: 900 })).toBeCloseTo(expected, 9);
  });

  test('is constant without growth', () => {
    expect(nextWaitSeconds(1e6, { firstSeconds: 60, growth: 0, maxSeconds: 900 })).toBe(60);
  });

  test('is never below the first wait', () => {
    fc.assert(
      fc.property(elapsedSeconds, pollings, (elapsed, polling) => {
        expect(nextWaitSeconds(elapsed, polling)).toBeGreaterThanOrEqual(polling.firstSeconds);
      }),
    );
  });

  test('is never above the longest wait', () => {
    fc.assert(
      fc.property(elapsedSeconds, pollings, (elapsed, polling) => {
        expect(nextWaitSeconds(elapsed, polling)).toBeLessThanOrEqual(polling.maxSeconds);
      }),
    );
  });

  test('notices a change no later than the growth share of the elapsed time and the first wait', () => {
    fc.assert(
      fc.property(elapsedSeconds, pollings, (elapsed, polling) => {
        const latest = elapsed * polling.growth + polling.firstSeconds;
        expect(nextWaitSeconds(elapsed, polling)).toBeLessThanOrEqual(latest);
      }),
    );
  });

  test('never shrinks while the wait goes on', () => {
    fc.assert(
      fc.property(elapsedSeconds, elapsedSeconds, pollings, (one, other, polling) => {
        const [earlier, later] = [Math.min(one, other), Math.max(one, other)];
        expect(nextWaitSeconds(later, polling)).toBeGreaterThanOrEqual(nextWaitSeconds(earlier, polling));
      }),
    );
  });
});

describe('two days of polling with the defaults', () => {
  const twoDays = 172_800;

  test('take the checks of an even start, a geometric middle and an even end', () => {
    const { firstSeconds, growth, maxSeconds } = defaults;
    const evenUntil = firstSeconds / growth;
    const evenChecks = evenUntil / firstSeconds;
    // Each check of the middle multiplies the elapsed time, until its share reaches the longest wait.
    const middleChecks = Math.ceil(Math.log(maxSeconds / growth / evenUntil) / Math.log(1 + growth));
    const middleUntil = evenUntil * (1 + growth) ** middleChecks;
    const endChecks = Math.floor((twoDays - middleUntil) / maxSeconds);
    expect(countChecks(twoDays, defaults)).toBe(evenChecks + middleChecks + endChecks);
  });

  test('take about 250 checks, where once a minute would take 2,880', () => {
    expect(countChecks(twoDays, defaults)).toBeGreaterThan(230);
    expect(countChecks(twoDays, defaults)).toBeLessThan(260);
    expect(countChecks(twoDays, { firstSeconds: 60, growth: 0, maxSeconds: 60 })).toBe(2880);
  });
});

test('the wait between attempts grows from the first to the longest', () => {
  expect(retryPolicy(retry)).toEqual({ initialInterval: 2000, maximumInterval: 300_000 });
  expect(retryPolicy({ ...retry, retryFirstSeconds: 0.5, retryMaxSeconds: 0.5 })).toEqual({
    initialInterval: 500,
    maximumInterval: 500,
  });
});
