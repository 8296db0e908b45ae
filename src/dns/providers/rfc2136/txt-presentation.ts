/** TXT records as nsupdate reads them (RFC 1035 §5.1): bytes, and not text in any encoding. */

import { cutIntoTxtStrings } from '../../wire/txt.ts';

/** The character-strings that a value in UTF-8 is published as: one after the other, each as long as one can be. */
export function splitTxtValue(value: string): Uint8Array[] {
  return cutIntoTxtStrings(Buffer.from(value, 'utf8'));
}

/** Quoted strings; every byte that could mean something else to a parser as `\DDD`, in decimal. */
export function formatTxtStrings(strings: readonly Uint8Array[]): string {
  return strings.map((bytes) => `"${Array.from(bytes, formatByte).join('')}"`).join(' ');
}

function formatByte(byte: number): string {
  const character = String.fromCodePoint(byte);
  return /[\w=.:/+-]/u.test(character) ? character : `\\${byte.toString().padStart(3, '0')}`;
}
