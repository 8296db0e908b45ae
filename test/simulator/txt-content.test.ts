import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinTxt, parseTxtContent, quoteTxt } from '../../simulator/txt-content.ts';

test('any value is the same after quoting and parsing, in strings of at most 255 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 700 }), (value) => {
      const strings = parseTxtContent(quoteTxt(value));
      expect(joinTxt(strings)).toBe(value);
      expect(strings.every((bytes) => bytes.length <= 255)).toBe(true);
    }),
  );
});

test.each([
  ['plain text', ['plain text']],
  ['""', ['']],
  ['"one" "two"', ['one', 'two']],
  [String.raw`"say \"hi\" \\ \195\169"`, [String.raw`say "hi" \ é`]],
])('%s is parsed as %j', (content, strings) => {
  expect(parseTxtContent(content).map(String)).toEqual(strings);
});

test.each(['', '  ', '"', '"a', '"a"b"', '"a" b'])('%j is not valid TXT content', (content) => {
  expect(() => parseTxtContent(content)).toThrow(Error);
});
