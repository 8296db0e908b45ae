import { isAtOrBelow, isSameName } from '../../domains/dns-name.ts';
import type { WireAnswer, WireRecord } from './message.ts';

/** What a server or a resolver shows of the TXT values of a name. */
export type TxtReading =
  /** None, or some, each a list of chunks. */
  | { kind: 'values'; records: readonly (readonly Uint8Array[])[] }
  | { kind: 'no-such-name' }
  /** A CNAME, whose target's values are none of the name's own. */
  | { kind: 'alias'; target: string }
  /** It answered, but not as a server of the zone would. */
  | { kind: 'lame'; detail: string }
  | { kind: 'silent'; detail: string };

interface Asked {
  name: string;
  apex: string;
}

/**
 * Reads one server's answer to the question for the TXT records of `name`. Only an authoritative answer about that
 * very name says anything of its values; every other answer comes from a server that does not serve the zone: lame.
 */
export function readTxtAnswer(answer: WireAnswer, asked: Asked): TxtReading {
  const fault = findFault(answer, asked);
  if (fault !== null) return { kind: 'lame', detail: fault };

  const own = recordsOf(answer, asked.name);
  const records = own.flatMap((record) => (record.type === 'TXT' ? [chunksOf(record)] : []));
  const [target] = own.flatMap((record) => (record.type === 'CNAME' ? [record.data] : []));
  // NXDOMAIN beside a CNAME speaks of its target (RFC 6604 §3).
  if (records.length === 0 && target !== undefined) return { kind: 'alias', target };
  return answer.rcode === 'NXDOMAIN' ? { kind: 'no-such-name' } : { kind: 'values', records };
}

/** Why an answer about `name` does not come from a server of the zone `apex`, in a few words; `null`: it does. */
export function findFault(answer: WireAnswer, { name, apex }: Asked): string | null {
  const { rcode, aa, answers, authorities } = answer;
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return rcode;

  const soa = authorities.find(({ type }) => type === 'SOA');
  const ns = authorities.find(({ type }) => type === 'NS');
  if (answers.length === 0 && ns && !soa) return `only refers to the servers of ${ns.name}`;
  if (!aa) return 'answered without authority (AA not set)';
  if (answers.length > 0 && recordsOf(answer, name).length === 0) return 'answered about another name';
  // Authoritative, but for a zone above: it has never heard of this one.
  if (answers.length === 0 && soa && !isAtOrBelow(soa.name, apex)) return `answered for the zone ${soa.name}`;
  return null;
}

/** The records of the answer that are the name's own, and not those of a CNAME's target. */
export function recordsOf({ answers }: WireAnswer, name: string): WireRecord[] {
  return answers.filter((record) => isSameName(record.name, name));
}

export function chunksOf({ data }: Extract<WireRecord, { type: 'TXT' }>): Buffer[] {
  return [data].flat().map((chunk) => Buffer.from(chunk));
}
