import { expect, test } from 'vitest';

import { completePace, retryOf } from '../../src/decisions/timings.ts';

test.each<[string, Parameters<typeof retryOf>[0], ReturnType<typeof retryOf>]>([
  ['starts short and grows', completePace(), { initialInterval: 2000, maximumInterval: 300_000 }],
  [
    'may stay the same',
    { retryFirstSeconds: 0.5, retryMaxSeconds: 0.5 },
    { initialInterval: 500, maximumInterval: 500 },
  ],
  [
    'is never shorter than the first one, whatever the longest was to be',
    { retryFirstSeconds: 3, retryMaxSeconds: 1 },
    { initialInterval: 3000, maximumInterval: 3000 },
  ],
])('the wait between tries %s', (_name, pace, expected) => {
  expect(retryOf(pace)).toEqual(expected);
});
