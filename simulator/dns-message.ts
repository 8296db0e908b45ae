import { type Answer, AUTHORITATIVE_ANSWER, type DecodedPacket, decode, encode, TRUNCATED_RESPONSE } from 'dns-packet';
import { type Rcode, rcodes, type Resolution, resolveQuestion, type ZoneView } from './zone-answers.ts';

/** How a name server behaves: as it should, or as one that is broken. `lame` answers without AA. */
export const nameServerModes = ['normal', 'drop', 'refuse', 'servfail', 'lame'] as const;
export type NameServerMode = (typeof nameServerModes)[number];

const OPCODE_MASK = 0x78_00;
const RECURSION_DESIRED = 0x01_00;
const SMALLEST_UDP = 512;
/** The size this server itself announces. */
const OWN_UDP = 1232;

/** The message to send back for the bytes of a query; `null` for none. `zones` is what the server shows now. */
export function answerMessage(
  bytes: Buffer,
  transport: 'udp' | 'tcp',
  mode: NameServerMode,
  zones: readonly ZoneView[],
): Buffer | null {
  const query = tryDecode(bytes);
  // Whatever is no query gets no answer: two servers could answer one another for ever.
  if (query === null || query.flag_qr || mode === 'drop') return null;
  const resolution = resolve(query, mode, zones);
  const message = toMessage(query, resolution, 0);
  const client = query.additionals?.find((record) => record.type === 'OPT');
  const limit = transport === 'tcp' ? 65_535 : Math.max(SMALLEST_UDP, client?.udpPayloadSize ?? SMALLEST_UDP);
  if (message.length <= limit) return message;
  return toMessage(query, { ...resolution, answers: [], authorities: [] }, TRUNCATED_RESPONSE);
}

function tryDecode(bytes: Buffer): DecodedPacket | null {
  try {
    return decode(bytes);
  } catch {
    return null;
  }
}

function resolve(query: DecodedPacket, mode: NameServerMode, zones: readonly ZoneView[]): Resolution {
  const [question, ...others] = query.questions ?? [];
  if (((query.flags ?? 0) & OPCODE_MASK) !== 0) return failure(rcodes.notImp);
  if (question === undefined || others.length > 0) return failure(rcodes.formErr);
  if (mode === 'servfail') return failure(rcodes.servFail);
  if (mode === 'refuse' || (question.class ?? 'IN') !== 'IN') return failure(rcodes.refused);
  const resolution = resolveQuestion(zones, question);
  return mode === 'lame' ? { ...resolution, isAuthoritative: false } : resolution;
}

function failure(rcode: Rcode): Resolution {
  return { rcode, isAuthoritative: false, answers: [], authorities: [] };
}

function toMessage(query: DecodedPacket, resolution: Resolution, flags: number): Buffer {
  const isExtended = query.additionals?.some((record) => record.type === 'OPT') === true;
  return encode({
    type: 'response',
    id: query.id,
    flags:
      ((query.flags ?? 0) & (OPCODE_MASK | RECURSION_DESIRED)) |
      (resolution.isAuthoritative ? AUTHORITATIVE_ANSWER : 0) |
      flags |
      resolution.rcode,
    questions: query.questions,
    answers: resolution.answers,
    authorities: resolution.authorities,
    additionals: isExtended ? [ownOptions()] : [],
  });
}

function ownOptions(): Answer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: OWN_UDP,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}
