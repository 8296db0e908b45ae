import { createHash, randomBytes } from 'node:crypto';

/** A random identifier: 32 hexadecimal characters. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

/** An identifier that depends on the text alone, so that it is the same in every simulator. */
export function deriveId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Whether a text has the format of an identifier. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{32}$/i.test(text);
}

/** The current time as Cloudflare writes it: ISO 8601 in UTC, with microseconds. */
export function timestamp(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
