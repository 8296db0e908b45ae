/** The cursor of a list: the server's page token, and a hash of it and of the list that it belongs to. Opaque to callers. */
import { createHash } from 'node:crypto';

const hashBytes = 8;

/** @param list identifies the list and its filters */
export function encodeCursor(list: unknown, pageToken: Uint8Array): string {
  return Buffer.concat([hashOf(list, pageToken), pageToken]).toString('base64url');
}

/** `null`: not a cursor of this list. */
export function decodeCursor(list: unknown, cursor: string): Uint8Array | null {
  const bytes = Buffer.from(cursor, 'base64url');
  const [hash, pageToken] = [bytes.subarray(0, hashBytes), bytes.subarray(hashBytes)];
  // Characters that are not base64url are skipped above.
  const isExact = bytes.toString('base64url') === cursor;
  return isExact && hash.equals(hashOf(list, pageToken)) ? pageToken : null;
}

function hashOf(list: unknown, pageToken: Uint8Array): Buffer {
  return createHash('sha256').update(JSON.stringify(list)).update(pageToken).digest().subarray(0, hashBytes);
}
