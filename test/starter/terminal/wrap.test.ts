import { expect, it } from 'vitest';

import { wrap } from '../../../src/starter/terminal/wrap.ts';

it('leaves a line that fits as it is', () => {
  expect(wrap('why    it  waits', 16, 7)).toEqual(['why    it  waits']);
});

it('breaks at spaces, and indents what follows', () => {
  expect(wrap('why    it waits for a server', 16, 7)).toEqual(['why    it waits', '       for a', '       server']);
  expect(wrap('       name   took  serial', 20, 7)).toEqual(['       name   took', '       serial']);
});

it('indents a long word less, and leaves one that fits nowhere to the terminal', () => {
  expect(wrap('TXT    0123456789abc (auto)', 16, 7)).toEqual(['TXT', '   0123456789abc', '       (auto)']);
  expect(wrap('TXT    0123456789abcdefg', 16, 7)).toEqual(['TXT', '0123456789abcdefg']);
});

it('does not count the escape sequences of colours', () => {
  expect(wrap('why    \u001b[33mit waits\u001b[39m', 15, 7)).toEqual(['why    \u001b[33mit waits\u001b[39m']);
});

it('leaves lines of a command as they are, so that it can be copied', () => {
  expect(wrap('       curl https://192.0.2.1 \\', 16, 7)).toEqual(['       curl https://192.0.2.1 \\']);
});
