import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeRoute53Txt, encodeRoute53Txt } from '../../../../src/dns/providers/route53/sets.ts';

test.each([
  ['a plain value', 'v=spf1 -all', '"v=spf1 -all"'],
  ['no value', '', '""'],
  ['quotes and backslashes', String.raw`say "C:\"`, String.raw`"say \"C:\\\""`],
  ['what is not ASCII, byte by byte', 'ü', String.raw`"\303\274"`],
  ['control characters', '\t\u0000\u007f', String.raw`"\011\000\177"`],
])('%s has one text form', (_, value, text) => {
  expect(encodeRoute53Txt(Buffer.from(value))).toBe(text);
  expect(decodeRoute53Txt(text).toString('utf8')).toBe(value);
});

test.each([
  ['several strings are joined', '"ab"  "cd" ""', 'abcd'],
  ['escapes are octal, not decimal', String.raw`"\101\065"`, 'A5'],
  ['digits after an escape are text', String.raw`"\1011"`, 'A1'],
  ['a backslash before another character stands for that character', String.raw`"\a\;"`, 'a;'],
  ['digits that are no octal byte are characters', String.raw`"\400\89"`, '40089'],
  ['a value without quotes stands as it is', String.raw`v=spf1 \101`, String.raw`v=spf1 \101`],
  ['an unfinished string stands as it is', '"ab', '"ab'],
  ['an unescaped character that is not ASCII is its UTF-8', '"ü"', 'ü'],
])('%s', (_, text, value) => {
  expect(decodeRoute53Txt(text).toString('utf8')).toBe(value);
});

test('a value of more than 255 bytes is written as several strings', () => {
  expect(encodeRoute53Txt(Buffer.from('x'.repeat(511)))).toBe(`"${'x'.repeat(255)}" "${'x'.repeat(255)}" "x"`);
  expect(encodeRoute53Txt(Buffer.from('x'.repeat(255)))).toBe(`"${'x'.repeat(255)}"`);
});

test('any bytes survive the way there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      expect(decodeRoute53Txt(encodeRoute53Txt(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
});
