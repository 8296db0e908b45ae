/** The cursor of a list: the server's page token, and a hash of the list that it belongs to. Opaque to callers. */
import { createHash } from 'node:crypto';

const hashBytes = 8;

/** @param list identifies the list and its filters */
export function encodeCursor(list: unknown, pageToken: Uint8Array): string {
  return Buffer.concat([hashOf(list), pageToken]).toString('base64url');
}

/** `null`: not a cursor of this list. */
export function decodeCursor(list: unknown, cursor: string): Uint8Array | null {
  const bytes = Buffer.from(cursor, 'base64url');
  const isCanonical = bytes.toString('base64url') === cursor;
  if (!isCanonical || bytes.length <= hashBytes || !hashOf(list).equals(bytes.subarray(0, hashBytes))) return null;
  return bytes.subarray(hashBytes);
}

function hashOf(list: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(list)).digest().subarray(0, hashBytes);
}
