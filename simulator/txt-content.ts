const LONGEST_STRING = 255;

/**
 * The character strings that DNS serves for a TXT record's `content`. Quoted content is one or more strings in
 * double quotes with `\"`, `\\` and `\DDD` (decimal) escapes; anything else is taken literally.
 * Throws an `Error` for content that no TXT record can hold.
 */
export function parseTxtContent(content: string): Buffer[] {
  const text = content.trim();
  if (text === '') throw new Error('content is empty');
  return text.startsWith('"') ? parseQuoted(text) : split(text).map((piece) => Buffer.from(piece));
}

/** Content for the API that holds exactly this value, in as many quoted strings as it needs. */
export function quoteTxt(value: string): string {
  return split(value)
    .map((piece) => `"${piece.replaceAll(/["\\]/g, String.raw`\$&`)}"`)
    .join(' ');
}

/** The whole value: the strings joined, as clients compare it. */
export function joinTxt(strings: readonly Buffer[]): string {
  return Buffer.concat(strings).toString('utf8');
}

// Undocumented: where unquoted content past 255 bytes is split. Here as late as possible, between characters.
function split(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const character of text) {
    if (Buffer.byteLength(piece + character) > LONGEST_STRING) {
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
    const string = unescape(quoted[1] ?? '');
    if (string.length > LONGEST_STRING) throw new Error('a quoted string is longer than 255 bytes');
    strings.push(string);
    rest = rest.slice(quoted[0].length);
  }
  return strings;
}

function unescape(text: string): Buffer {
  const parts = text.match(/\\[0-9]{3}|\\.|[^\\]+/gs) ?? [];
  return Buffer.concat(
    parts.map((part) => {
      if (!part.startsWith('\\')) return Buffer.from(part);
      const decimal = Number(part.slice(1));
      return part.length === 4 && decimal <= 255 ? Buffer.from([decimal]) : Buffer.from(part.slice(1));
    }),
  );
}
