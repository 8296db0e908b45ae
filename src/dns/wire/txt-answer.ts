import { isAtOrBelow, isSameName } from '../../domains/dns-name.ts';
import type { WireAnswer, WireRecord } from './message.ts';

/** A server's or a resolver's answer about the TXT values of a name. */
export type TxtReading =
  /** Each value is a list of chunks; there may be none. */
  | { kind: 'values'; records: readonly (readonly Uint8Array[])[] }
  | { kind: 'no-such-name' }
  /** A CNAME: the values of its target are not the name's own. */
  | { kind: 'alias'; target: string }
  /** It answered, but not as a server of the zone. */
  | { kind: 'lame'; detail: string }
  | { kind: 'silent'; detail: string };

interface Question {
  name: string;
  apex: string;
}

/**
 * Reads one server's answer to a query for the TXT records of `name`. Only an authoritative answer about exactly that name
 * says what values it has; any other answer means that the server does not serve the zone: it is lame.
 */
export function readTxtAnswer(answer: WireAnswer, question: Question): TxtReading {
  const fault = findFault(answer, question);
  if (fault !== null) return { kind: 'lame', detail: fault };

  const own = recordsOf(answer, question.name);
  const records = own.flatMap((record) => (record.type === 'TXT' ? [chunksOf(record)] : []));
  const [target] = own.flatMap((record) => (record.type === 'CNAME' ? [record.data] : []));
  // NXDOMAIN together with a CNAME is about its target (RFC 6604 §3).
  if (records.length === 0 && target !== undefined) return { kind: 'alias', target };
  return answer.rcode === 'NXDOMAIN' ? { kind: 'no-such-name' } : { kind: 'values', records };
}

/** Why this answer about `name` is not one of a server of the zone `apex`, in a few words; `null`: it is. */
export function findFault(answer: WireAnswer, { name, apex }: Question): string | null {
  const { rcode, aa, answers, authorities } = answer;
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return rcode;

  const soa = authorities.find(({ type }) => type === 'SOA');
  const ns = authorities.find(({ type }) => type === 'NS');
  if (answers.length === 0 && ns && !soa) return `only refers to the servers of ${ns.name}`;
  if (!aa) return 'gave a non-authoritative answer (AA not set)';
  if (answers.length > 0 && recordsOf(answer, name).length === 0) return 'answered about another name';
  // Authoritative, but for a zone above: it does not know this one.
  if (answers.length === 0 && soa && !isAtOrBelow(soa.name, apex)) return `answered for the zone ${soa.name}`;
  return null;
}

/** The records of the name itself, without those of a CNAME's target. */
export function recordsOf({ answers }: WireAnswer, name: string): WireRecord[] {
  return answers.filter((record) => isSameName(record.name, name));
}

export function chunksOf({ data }: Extract<WireRecord, { type: 'TXT' }>): Buffer[] {
  return [data].flat().map((chunk) => Buffer.from(chunk));
}
