/**
 * TXT values in Route 53's text form: quoted strings of at most 255 bytes, in which escapes are octal, where DNS master
 * files have decimal ones. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#TXTFormat
 */
import { cutIntoTxtStrings } from '../../wire/txt.ts';

/** The text form of a value. What is neither printable ASCII nor a space is written as `\ooo`. */
export function encodeRoute53Txt(value: Uint8Array): string {
  const strings = cutIntoTxtStrings(value);
  return strings.map((string) => `"${Array.from(string, encodeByte).join('')}"`).join(' ');
}

/**
 * The bytes that a text form stands for: its strings joined, `\ooo` and `\` before a character resolved. Text that is not
 * made of quoted strings alone is the value as it stands.
 */
export function decodeRoute53Txt(text: string): Buffer {
  const strings: Buffer[] = [];
  const quotedString = /\s*"((?:[^"\\]|\\[\s\S])*)"\s*/uy;
  while (quotedString.lastIndex < text.length) {
    const [, string] = quotedString.exec(text) ?? [];
    if (string === undefined) return Buffer.from(text, 'utf8');
    strings.push(resolveEscapes(string));
  }
  return Buffer.concat(strings);
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === '"' || character === '\\') return `\\${character}`;
  return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
}

function resolveEscapes(string: string): Buffer {
  const pieces = string.matchAll(/\\([0-3][0-7]{2})|\\([\s\S])|[^\\]+/gu);
  return Buffer.concat(
    Array.from(pieces, ([plain, octal, character]) =>
      octal === undefined ? Buffer.from(character ?? plain, 'utf8') : Buffer.of(Number.parseInt(octal, 8)),
    ),
  );
}
