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
  const bytes: Buffer[] = [];
  const quotedString = /\s*"((?:[^"\\]|\\[\s\S])*)"\s*/uy;
  while (quotedString.lastIndex < content.length) {
    const [, text] = quotedString.exec(content) ?? [];
    if (text === undefined) return content;
    bytes.push(resolveEscapes(text));
  }
  return bytes.length === 0 ? content : Buffer.concat(bytes).toString('utf8');
}

function resolveEscapes(text: string): Buffer {
  const pieces = text.matchAll(/\\(\d{3})|\\([\s\S])|[^\\]+/gu);
  return Buffer.concat(
    Array.from(pieces, ([plain, decimal, character]) =>
      decimal !== undefined && Number(decimal) <= 255
        ? Buffer.of(Number(decimal))
        : Buffer.from(character ?? plain, 'utf8'),
    ),
  );
}
