import { CHECKING_DISABLED, decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { Answer, RecordType } from 'dns-packet';

import { isSameName } from '../../domains/dns-name.ts';

/** A question of class IN. `name` is a domain name as text, each label at most 63 bytes. */
export interface WireQuestion {
  name: string;
  type: RecordType;
}

/** Any record of class IN, as dns-packet decodes it; the data of a TXT record are its chunks. */
export type WireRecord = Exclude<Answer, { type: 'OPT' }>;

/** A server's answer. `rcode` is its name (`NOERROR`, `NXDOMAIN`, …), or `RCODE<n>` for those without a name here. */
export interface WireAnswer {
  rcode: string;
  aa: boolean;
  ra: boolean;
  answers: WireRecord[];
  authorities: WireRecord[];
  additionals: WireRecord[];
}

const headerBytes = 12;

/** The payload that fits into one UDP packet almost everywhere: https://www.dnsflagday.net/2020/ */
const ednsPayloadBytes = 1232;

/** https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml#dns-parameters-6 */
const rcodes = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];
const badVersion = 16;

/**
 * - `authority`: RD=0, only what the server itself knows
 * - `recursive`: RD=1, what a resolver finds
 * - `unchecked`: RD=1 and CD=1, what a resolver finds without validating DNSSEC (RFC 4035 §3.2.2)
 */
export type QueryRole = keyof typeof flagsOfRole;

const flagsOfRole = {
  authority: 0,
  recursive: RECURSION_DESIRED,
  unchecked: RECURSION_DESIRED | CHECKING_DISABLED,
};

export function encodeQuery(
  id: number,
  { name, type }: WireQuestion,
  { edns, role }: { edns: boolean; role: QueryRole },
): Buffer {
  return encode({
    type: 'query',
    id,
    flags: flagsOfRole[role],
    questions: [{ name, type, class: 'IN' }],
    additionals: edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: ednsPayloadBytes,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
}

/** Whether this is a message with the id of the query; any other is ignored. */
export function hasId(message: Buffer, id: number): boolean {
  return message.length >= headerBytes && message.readUInt16BE(0) === id;
}

/** Whether TC is set. The rest of such a message may be cut anywhere, so this is checked before decoding. */
export function isTruncated(message: Buffer): boolean {
  return (message.readUInt16BE(2) & 0x02_00) !== 0;
}

/**
 * Decodes the answer to a question.
 *
 * @throws {Error} with a short reason when the message is not an answer to it
 */
export function decodeAnswer(message: Buffer, question: WireQuestion): WireAnswer {
  const packet = decodePacket(message);
  if (packet.type !== 'response') throw new Error('not an answer but a query');
  if (((packet.flags ?? 0) & 0x78_00) !== 0) throw new Error('an answer with another opcode than QUERY');

  const rcode = rcodeOf(packet);
  const [echo, ...others] = packet.questions ?? [];
  // A server that could not parse the query may leave the question out.
  const echoed = echo === undefined && (rcode === 'FORMERR' || rcode === 'NOTIMP');
  if (!echoed && !isEcho(echo, question)) throw new Error('an answer to another question');
  if (others.length > 0) throw new Error('an answer to several questions');

  return {
    rcode,
    aa: packet.flag_aa,
    ra: packet.flag_ra,
    answers: recordsOf(packet.answers),
    authorities: recordsOf(packet.authorities),
    additionals: recordsOf(packet.additionals),
  };
}

type DecodedPacket = ReturnType<typeof decode>;

function decodePacket(message: Buffer): DecodedPacket {
  let packet: DecodedPacket;
  try {
    packet = decode(message);
  } catch (cause) {
    throw new Error('an answer that cannot be decoded', { cause });
  }
  // The decoder does not notice a last TXT record that is longer than the message.
  if (!(decode.bytes <= message.length)) throw new Error('an answer that ends too early');
  return packet;
}

function rcodeOf(packet: DecodedPacket): string {
  const opt = packet.additionals?.find((record) => record.type === 'OPT');
  const code = ((opt?.extendedRcode ?? 0) << 4) | ((packet.flags ?? 0) & 0x0f);
  return code === badVersion ? 'BADVERS' : (rcodes[code] ?? `RCODE${code}`);
}

function isEcho(
  echo: { name: string; type: string; class?: string | undefined } | undefined,
  asked: WireQuestion,
): boolean {
  return echo !== undefined && echo.type === asked.type && echo.class === 'IN' && isSameName(echo.name, asked.name);
}

function recordsOf(section: Answer[] | undefined): WireRecord[] {
  return (section ?? []).filter((record): record is WireRecord => record.type !== 'OPT' && record.class === 'IN');
}
