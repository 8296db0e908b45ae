import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { hasTxtValue, joinTxtChunks, quoteTxt, unquoteTxt } from '../../../src/dns/wire/txt.ts';

const chunksOf = (...chunks: string[]): Buffer[] => chunks.map((chunk) => Buffer.from(chunk));

describe('hasTxtValue', () => {
  test('joins the chunks of a record without anything between', () => {
    expect(joinTxtChunks(chunksOf('one ', 'two')).toString()).toBe('one two');
    expect(hasTxtValue([chunksOf('v=spf1 -all'), chunksOf('chunk', 'ed')], 'chunked')).toBe(true);
  });

  test('does not join the values of two records', () => {
    expect(hasTxtValue([chunksOf('chunk'), chunksOf('ed')], 'chunked')).toBe(false);
  });

  test.each(['Value', 'value ', 'valu', 'valuf', '"value"'])('does not take %j for "value"', (other) => {
    expect(hasTxtValue([chunksOf(other)], 'value')).toBe(false);
  });

  test('compares bytes where they are not UTF-8', () => {
    expect(hasTxtValue([[Buffer.from([0xff])]], '\uFFFD')).toBe(false);
  });

  test('finds an empty value', () => {
    expect(hasTxtValue([chunksOf('')], '')).toBe(true);
    expect(hasTxtValue([], '')).toBe(false);
  });
});

describe('quoteTxt and unquoteTxt', () => {
  test.each([
    ['', '""'],
    ['value', '"value"'],
    ['say "hi" \\o/', String.raw`"say \"hi\" \\o/"`],
    ['a'.repeat(256), `"${'a'.repeat(255)}" "a"`],
    [`${'a'.repeat(254)}é`, `"${'a'.repeat(254)}" "é"`],
  ])('%j is written as %j', (value, quoted) => {
    expect(quoteTxt(value)).toBe(quoted);
    expect(unquoteTxt(quoted)).toBe(value);
  });

  test.each([
    ['value', 'value'],
    ['', ''],
    ['two words', 'two words'],
    ['"one" "two"', 'onetwo'],
    ['"one""two"', 'onetwo'],
    ['  "one"\t"two" ', 'onetwo'],
    [String.raw`"b\195\188cher"`, 'bücher'],
    [String.raw`"\195" "\188"`, 'ü'],
    [String.raw`"a\"b\\c\d"`, String.raw`a"b\cd`],
    [String.raw`"\😀"`, '😀'],
    ['"not closed', '"not closed'],
    ['"one" two', '"one" two'],
    ['it is "quoted"', 'it is "quoted"'],
  ])('%s means %s', (content, value) => {
    expect(unquoteTxt(content)).toBe(value);
  });

  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary', minLength: 200, maxLength: 600 }),
    fc.string({ unit: fc.constantFrom('"', '\\', 'a', 'é', '€', '😀', '0', ' '), minLength: 100, maxLength: 600 }),
  );

  test('any value is read back as it was written', () => {
    fc.assert(
      fc.property(value, (text) => {
        expect(unquoteTxt(quoteTxt(text))).toBe(text);
      }),
    );
  });

  test('each quoted string of any value stands for at most 255 bytes of whole characters', () => {
    fc.assert(
      fc.property(value, (text) => {
        const strings = quoteTxt(text).match(/"(?:[^"\\]|\\[\s\S])*"/gu) ?? [];
        const chunks = strings.map((string) => unquoteTxt(string));
        expect(chunks.join('')).toBe(text);
        expect(Math.max(...chunks.map((chunk) => Buffer.byteLength(chunk)))).toBeLessThanOrEqual(255);
      }),
    );
  });
});
