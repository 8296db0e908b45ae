import { type Answer, AUTHORITATIVE_ANSWER, type DecodedPacket, decode, encode, TRUNCATED_RESPONSE } from 'dns-packet';
import { answerQuestion, type QueryResult, type Rcode, rcodes, type ServedZone } from './zone-answers.ts';

/**
 * How a name server responds: `normal`, not at all (`drop`), with REFUSED (`refuse`) or SERVFAIL (`servfail`) to every
 * query, or without the AA flag (`lame`).
 */
export const nameServerModes = ['normal', 'drop', 'refuse', 'servfail', 'lame'] as const;
export type NameServerMode = (typeof nameServerModes)[number];

// Masks of the header's flags (RFC 1035 §4.1.1).
const opcodeMask = 0x78_00;
const recursionDesired = 0x01_00;
/** Largest UDP message for a client without EDNS, in bytes (RFC 1035 §4.2.1). */
const plainUdpBytes = 512;
const tcpBytes = 65_535;
/** The UDP payload size that this server advertises (RFC 6891 §6.2.3), in bytes. */
const ownUdpBytes = 1232;

/** The response to a query, both in wire format; `null` for no response. `zones` is what the server serves now. */
export function respond(
  bytes: Buffer,
  transport: 'udp' | 'tcp',
  mode: NameServerMode,
  zones: readonly ServedZone[],
): Buffer | null {
  const query = tryDecode(bytes);
  // Only queries get a response: two servers could otherwise respond to each other without end.
  if (query === null || query.flag_qr || mode === 'drop') return null;
  const result = answerQuery(query, mode, zones);
  const response = encodeResponse(query, result, 0);
  const clientOpt = query.additionals?.find((record) => record.type === 'OPT');
  const udpBytes = Math.max(plainUdpBytes, clientOpt?.udpPayloadSize ?? plainUdpBytes);
  if (response.length <= (transport === 'tcp' ? tcpBytes : udpBytes)) return response;
  return encodeResponse(query, { ...result, answers: [], authorities: [] }, TRUNCATED_RESPONSE);
}

function tryDecode(bytes: Buffer): DecodedPacket | null {
  try {
    return decode(bytes);
  } catch {
    return null;
  }
}

function answerQuery(query: DecodedPacket, mode: NameServerMode, zones: readonly ServedZone[]): QueryResult {
  const [question, ...others] = query.questions ?? [];
  if (((query.flags ?? 0) & opcodeMask) !== 0) return failure(rcodes.notImp);
  if (question === undefined || others.length > 0) return failure(rcodes.formErr);
  if (mode === 'servfail') return failure(rcodes.servFail);
  if (mode === 'refuse' || (question.class ?? 'IN') !== 'IN') return failure(rcodes.refused);
  const result = answerQuestion(zones, question);
  return mode === 'lame' ? { ...result, isAuthoritative: false } : result;
}

function failure(rcode: Rcode): QueryResult {
  return { rcode, isAuthoritative: false, answers: [], authorities: [] };
}

function encodeResponse(query: DecodedPacket, result: QueryResult, flags: number): Buffer {
  const hasEdns = query.additionals?.some((record) => record.type === 'OPT') === true;
  return encode({
    type: 'response',
    id: query.id,
    flags:
      ((query.flags ?? 0) & (opcodeMask | recursionDesired)) |
      (result.isAuthoritative ? AUTHORITATIVE_ANSWER : 0) |
      flags |
      result.rcode,
    questions: query.questions,
    answers: result.answers,
    authorities: result.authorities,
    additionals: hasEdns ? [optRecord()] : [],
  });
}

function optRecord(): Answer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: ownUdpBytes,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}
