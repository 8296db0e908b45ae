import { isIPv4, isIPv6 } from 'node:net';
import { ApiError } from './api-error.ts';
import { isHostName, isWithin } from './domain-name.ts';
import { parseTxtContent } from './txt-content.ts';

export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT'] as const;
export type RecordType = (typeof recordTypes)[number];

/** What a caller says about a record. `name` in full, lower case; `ttl` in seconds, 1 for automatic. */
export interface RecordFields {
  type: RecordType;
  name: string;
  content: string;
  ttl: number;
  priority: number | null;
  comment: string | null;
}

/** A record as the account keeps it; `content` is what was sent, quotes and all. */
export interface DnsRecord extends RecordFields {
  id: string;
  createdOn: string;
  modifiedOn: string;
}

/** Undocumented: the number of TXT bytes past which content is refused. */
const LONGEST_TXT = 2048;
const LONGEST_COMMENT = 100;

/** Checks a record for a zone and fills its name in. Throws an `ApiError` (400) that points at the field at fault. */
export function parseRecord(zoneName: string, input: Record<string, unknown>): RecordFields {
  const type = recordTypes.find((known) => known === input['type']);
  if (type === undefined) throw invalid('type', 9000, 'Invalid or unsupported DNS record type');
  const fields: RecordFields = {
    type,
    name: parseName(zoneName, input['name']),
    content: parseContent(type, input['content']),
    ttl: parseTtl(input['ttl']),
    priority: type === 'MX' ? parsePriority(input['priority']) : null,
    comment: parseComment(input['comment']),
  };
  return fields;
}

// Undocumented: the numbers inside `error_chain` here and below, apart from the outer 1004.
function invalid(field: string, code: number, message: string): ApiError {
  return new ApiError(400, [
    { code: 1004, message: 'DNS Validation Error', source: { pointer: `/${field}` }, error_chain: [{ code, message }] },
  ]);
}

function parseName(zoneName: string, name: unknown): string {
  if (typeof name !== 'string' || name.trim() === '') throw invalid('name', 9000, 'DNS name is required');
  const given = name.trim().toLowerCase().replace(/\.$/, '');
  if (given === '@') return zoneName;
  // A name that does not end in the zone's is taken as relative to it.
  const full = isWithin(given, zoneName) ? given : `${given}.${zoneName}`;
  if (!isHostName(full.replace(/^\*\./, ''))) throw invalid('name', 9000, 'DNS name is invalid');
  return full;
}

function parseContent(type: RecordType, content: unknown): string {
  if (typeof content !== 'string' || content.trim() === '') throw invalid('content', 9020, 'Content is required');
  if (type === 'TXT') {
    checkTxt(content);
    return content;
  }
  const trimmed = content.trim();
  if (type === 'A' && !isIPv4(trimmed)) throw invalid('content', 9005, 'Content must be a valid IPv4 address');
  if (type === 'AAAA' && !isIPv6(trimmed)) throw invalid('content', 9006, 'Content must be a valid IPv6 address');
  if (type !== 'A' && type !== 'AAAA' && !isHostName(trimmed.replace(/\.$/, ''))) {
    throw invalid('content', 9007, 'Content must be a host name');
  }
  return trimmed;
}

function checkTxt(content: string): void {
  let length: number;
  try {
    length = Buffer.concat(parseTxtContent(content)).length;
  } catch (error) {
    throw invalid('content', 9207, `Content for TXT record is invalid: ${String(error)}`);
  }
  if (length > LONGEST_TXT)
    throw invalid('content', 9207, `Content for TXT record is longer than ${LONGEST_TXT} bytes`);
}

function parseTtl(ttl: unknown): number {
  if (ttl === undefined) return 1;
  if (typeof ttl === 'number' && Number.isInteger(ttl) && (ttl === 1 || (ttl >= 60 && ttl <= 86_400))) return ttl;
  throw invalid('ttl', 9021, 'Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic');
}

function parsePriority(priority: unknown): number {
  if (typeof priority === 'number' && Number.isInteger(priority) && priority >= 0 && priority <= 65_535)
    return priority;
  throw invalid('priority', 9100, 'An MX record needs a priority from 0 to 65535');
}

function parseComment(comment: unknown): string | null {
  if (comment === undefined || comment === null) return null;
  if (typeof comment === 'string' && comment.length <= LONGEST_COMMENT) return comment;
  throw invalid('comment', 9200, `A comment is text of at most ${LONGEST_COMMENT} characters`);
}
