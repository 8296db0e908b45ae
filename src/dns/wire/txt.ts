/** TXT values on the wire and in the text form that provider APIs use. */

const maxStringBytes = 255;

/** The bytes as character-strings (RFC 1035 §3.3.14), each as long as possible, at least one. */
export function cutIntoTxtStrings(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / maxStringBytes));
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * maxStringBytes, (index + 1) * maxStringBytes),
  );
}

/**
 * The value of one TXT record: its character-strings joined without a separator (RFC 7208 §3.3).
 */
export function joinTxtChunks(chunks: readonly Uint8Array[]): Buffer {
  return Buffer.concat(chunks);
}

/** Whether one of the records, each a list of chunks, has this value in UTF-8, byte for byte. */
export function hasTxtValue(records: readonly (readonly Uint8Array[])[], value: string): boolean {
  const wanted = Buffer.from(value, 'utf8');
  return records.some((chunks) => joinTxtChunks(chunks).equals(wanted));
}

/**
 * Presentation form: quoted strings of at most 255 bytes of UTF-8, never cut inside a character, `"` and `\` escaped.
 */
export function quoteTxt(value: string): string {
  const chunks: string[] = [];
  let chunk = '';
  let bytes = 0;
  for (const character of value) {
    const size = Buffer.byteLength(character, 'utf8');
    if (bytes + size > maxStringBytes) {
      chunks.push(chunk);
      chunk = '';
      bytes = 0;
    }
    chunk += character;
    bytes += size;
  }
  return [...chunks, chunk].map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(' ');
}

/**
 * The value of a presentation form: quoted strings joined, `\"`, `\\` and `\DDD` (a byte in decimal, RFC 1035 §5.1)
 * resolved. Content that does not consist of quoted strings alone is returned unchanged.
 */
export function unquoteTxt(content: string): string {
  return readQuotedStrings(content, escapes.decimal)?.toString('utf8') ?? content;
}

interface Escapes {
  /** A byte as a number, or the character after a backslash, or text without a backslash. */
  pieces: RegExp;
  radix: number;
}

/** How a text form writes any byte as `\` and a number: DNS master files in decimal, Route 53 in octal. */
export const escapes = {
  decimal: { pieces: /\\(\d{3})|\\([\s\S])|[^\\]+/gu, radix: 10 },
  octal: { pieces: /\\([0-3][0-7]{2})|\\([\s\S])|[^\\]+/gu, radix: 8 },
} as const satisfies Record<string, Escapes>;

/** The bytes of quoted strings, joined and with their escapes resolved; `null`: the text is not quoted strings alone. */
export function readQuotedStrings(text: string, { pieces, radix }: Escapes): Buffer | null {
  const bytes: Buffer[] = [];
  const quotedString = /\s*"((?:[^"\\]|\\[\s\S])*)"\s*/uy;
  while (quotedString.lastIndex < text.length) {
    const [, string] = quotedString.exec(text) ?? [];
    if (string === undefined) return null;
    for (const [plain, number = '', character = plain] of string.matchAll(pieces)) {
      const byte = Number.parseInt(number, radix);
      bytes.push(byte <= 255 ? Buffer.of(byte) : Buffer.from(character, 'utf8'));
    }
  }
  return Buffer.concat(bytes);
}
