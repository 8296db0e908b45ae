import { isIPv4, isIPv6 } from 'node:net';
import { ApiError } from './api-error.ts';
import { isHostName, isWithin } from './domain-name.ts';
import { parseTxtContent } from './txt-content.ts';

export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT'] as const;
export type RecordType = (typeof recordTypes)[number];

/** The fields of a record that a client sets. `name`: in full, lower case; `ttl`: in seconds, or 1 for automatic. */
export interface RecordFields {
  type: RecordType;
  name: string;
  content: string;
  ttl: number;
  priority: number | null;
  comment: string | null;
}

/** A stored record; `content` is exactly what the client sent, including quotes. Times are ISO 8601. */
export interface DnsRecord extends RecordFields {
  id: string;
  createdOn: string;
  modifiedOn: string;
}

/** Undocumented: the longest TXT value, in bytes. */
const maxTxtBytes = 2048;
/** In characters, as on free plans. */
const maxCommentLength = 100;

/**
 * Checks the fields of a record and fills in the defaults and the full name.
 * https://developers.cloudflare.com/api/resources/dns/subresources/records/
 *
 * @throws {ApiError} (400) with a pointer to the invalid field
 */
export function parseRecord(zoneName: string, input: Record<string, unknown>): RecordFields {
  const type = recordTypes.find((known) => known === input['type']);
  if (type === undefined) throw validationError('type', 9000, 'Invalid or unsupported DNS record type');
  return {
    type,
    name: parseName(zoneName, input['name']),
    content: parseContent(type, input['content']),
    ttl: parseTtl(input['ttl']),
    priority: type === 'MX' ? parsePriority(input['priority']) : null,
    comment: parseComment(input['comment']),
  };
}

// Undocumented: the codes in `error_chain`, here and below.
function validationError(field: string, code: number, message: string): ApiError {
  return new ApiError(400, [
    { code: 1004, message: 'DNS Validation Error', source: { pointer: `/${field}` }, error_chain: [{ code, message }] },
  ]);
}

function parseName(zoneName: string, name: unknown): string {
  if (typeof name !== 'string' || name.trim() === '') throw validationError('name', 9000, 'DNS name is required');
  const given = name.trim().toLowerCase().replace(/\.$/, '');
  if (given === '@') return zoneName;
  // Undocumented: a name outside the zone is taken as relative to it.
  const full = isWithin(given, zoneName) ? given : `${given}.${zoneName}`;
  if (!isHostName(full.replace(/^\*\./, ''))) throw validationError('name', 9000, 'DNS name is invalid');
  return full;
}

function parseContent(type: RecordType, content: unknown): string {
  if (typeof content !== 'string' || content.trim() === '') {
    throw validationError('content', 9020, 'Content is required');
  }
  if (type === 'TXT') {
    checkTxt(content);
    return content;
  }
  const trimmed = content.trim();
  if (type === 'A' && !isIPv4(trimmed)) {
    throw validationError('content', 9005, 'Content must be a valid IPv4 address');
  }
  if (type === 'AAAA' && !isIPv6(trimmed)) {
    throw validationError('content', 9006, 'Content must be a valid IPv6 address');
  }
  if (type !== 'A' && type !== 'AAAA' && !isHostName(trimmed.replace(/\.$/, ''))) {
    throw validationError('content', 9007, 'Content must be a host name');
  }
  return trimmed;
}

function checkTxt(content: string): void {
  let length: number;
  try {
    length = Buffer.concat(parseTxtContent(content)).length;
  } catch (error) {
    throw validationError('content', 9207, `Content for TXT record is invalid: ${String(error)}`);
  }
  if (length > maxTxtBytes) {
    throw validationError('content', 9207, `Content for TXT record is longer than ${maxTxtBytes} bytes`);
  }
}

function parseTtl(ttl: unknown): number {
  if (ttl === undefined) return 1;
  if (typeof ttl === 'number' && Number.isInteger(ttl) && (ttl === 1 || (ttl >= 60 && ttl <= 86_400))) return ttl;
  throw validationError('ttl', 9021, 'Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic');
}

function parsePriority(priority: unknown): number {
  const isValid = typeof priority === 'number' && Number.isInteger(priority) && priority >= 0 && priority <= 65_535;
  if (isValid) return priority;
  throw validationError('priority', 9100, 'An MX record needs a priority from 0 to 65535');
}

function parseComment(comment: unknown): string | null {
  if (comment === undefined || comment === null) return null;
  if (typeof comment === 'string' && comment.length <= maxCommentLength) return comment;
  throw validationError('comment', 9200, `A comment must be text of at most ${maxCommentLength} characters`);
}
