/** Longest character string, in bytes (RFC 1035 §3.3). */
const maxStringBytes = 255;

/**
 * The character strings that DNS serves for a TXT record's `content`. Quoted content is one or more strings in
 * double quotes with the escapes `\"`, `\\` and `\DDD` (decimal; RFC 1035 §5.1); any other content is taken literally.
 *
 * @throws {Error} when the content is empty, its quotes do not match, or a quoted string is too long
 */
export function parseTxtContent(content: string): Buffer[] {
  const text = content.trim();
  if (text === '') throw new Error('content is empty');
  return text.startsWith('"') ? parseQuoted(text) : splitText(text).map((piece) => Buffer.from(piece));
}

/** The API `content` for a TXT value: as many quoted strings as needed. */
export function quoteTxt(value: string): string {
  return splitText(value)
    .map((piece) => `"${piece.replaceAll(/["\\]/g, String.raw`\$&`)}"`)
    .join(' ');
}

/** The TXT value: its character strings joined, decoded as UTF-8. */
export function joinTxt(strings: readonly Buffer[]): string {
  return Buffer.concat(strings).toString('utf8');
}

// Undocumented: where unquoted content of more than 255 bytes is split. Here as late as possible, between characters.
function splitText(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const character of text) {
    if (Buffer.byteLength(piece + character) > maxStringBytes) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece];
}

function parseQuoted(text: string): Buffer[] {
  const strings: Buffer[] = [];
  let rest = text;
  while (rest !== '') {
    const quoted = /^"((?:[^"\\]|\\.)*)"(?:\s+|$)/s.exec(rest);
    if (quoted === null) throw new Error('quotes do not match');
    const string = decodeEscapes(quoted[1] ?? '');
    if (string.length > maxStringBytes) throw new Error(`a quoted string is longer than ${maxStringBytes} bytes`);
    strings.push(string);
    rest = rest.slice(quoted[0].length);
  }
  return strings;
}

function decodeEscapes(text: string): Buffer {
  const parts = text.match(/\\[0-9]{3}|\\.|[^\\]+/gs) ?? [];
  return Buffer.concat(
    parts.map((part) => {
      if (!part.startsWith('\\')) return Buffer.from(part);
      const decimal = Number(part.slice(1));
      return part.length === 4 && decimal <= 255 ? Buffer.from([decimal]) : Buffer.from(part.slice(1));
    }),
  );
}
