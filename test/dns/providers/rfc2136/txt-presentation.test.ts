import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { formatTxtStrings, splitTxtValue } from '../../../../src/dns/providers/rfc2136/txt-presentation.ts';

test('a value is cut into as few strings of at most 255 bytes as can be', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1200 }), (value) => {
      const strings = splitTxtValue(value);
      expect(Buffer.concat(strings).equals(Buffer.from(value, 'utf8'))).toBe(true);
      expect(strings.slice(0, -1).every(({ length }) => length === 255)).toBe(true);
      expect(strings.at(-1)?.length).toBeLessThanOrEqual(255);
    }),
  );
});

test('an empty value is one empty string', () => {
  expect(formatTxtStrings(splitTxtValue(''))).toBe('""');
});

test('what could mean something else is written as the number of its byte', () => {
  const strings = [Buffer.from('v=spf1 "x" \\'), Buffer.from([0, 10, 127, 255])];
  expect(formatTxtStrings(strings)).toBe(String.raw`"v=spf1\032\034x\034\032\092" "\000\010\127\255"`);
});
