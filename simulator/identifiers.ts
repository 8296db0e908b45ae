import { createHash, randomBytes } from 'node:crypto';

/** A new identifier: 32 hexadecimal characters. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

/** The same identifier for the same seed in every run. */
export function idOf(seed: string): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, 32);
}

/** Whether it has the shape of an identifier. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{32}$/i.test(text);
}

/** A moment as Cloudflare writes it: ISO 8601 in UTC, with microseconds. */
export function timestamp(at: Date = new Date()): string {
  return at.toISOString().replace('Z', '000Z');
}
