import { expect, it } from 'vitest';

import { renderDuration } from '../../../src/starter/screens/duration.ts';

it.each([
  [0, '0 s'],
  [0.25, '0.3 s'],
  [4, '4 s'],
  [200, '3 min 20 s'],
  [3600, '1 h'],
  [18_720, '5 h 12 min'],
  [183_600, '2 d 3 h'],
])('a duration of %d seconds reads %s', (seconds, text) => {
  expect(renderDuration(seconds)).toBe(text);
});
