import type { ServerEvidence } from '../contract.ts';
import { isAtOrBelow, isSameName } from './domain-names.ts';
import { judgeTxtRecords } from './txt-verdict.ts';
import type { WireAnswer, WireRecord } from './wire-message.ts';

/**
 * Judges one server's answer to the question for the TXT records of `name`. Only an authoritative answer about that
 * very name says anything of the value; every other answer comes from a server that does not serve the zone: lame.
 */
export function judgeTxtAnswer(
  answer: WireAnswer,
  asked: { name: string; value: string; apex: string },
): Pick<ServerEvidence, 'verdict' | 'detail'> {
  const fault = findFault(answer, asked);
  if (fault !== null) return { verdict: 'lame', detail: fault };
  if (answer.rcode === 'NXDOMAIN') return { verdict: 'lacks-value', detail: 'NXDOMAIN' };

  const own = answer.answers.filter((record) => isSameName(record.name, asked.name));
  const records = own.filter((record) => record.type === 'TXT').map(({ data }) => chunksOf(data));
  const [target] = own.flatMap((record) => (record.type === 'CNAME' ? [record.data] : []));
  if (records.length === 0 && target !== undefined) {
    return { verdict: 'lacks-value', detail: `a CNAME to ${target}, no TXT of its own` };
  }
  return judgeTxtRecords(records, asked.value);
}

function findFault(answer: WireAnswer, { name, apex }: { name: string; apex: string }): string | null {
  const { rcode, aa, answers, authorities } = answer;
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return rcode;

  const soa = authorities.find(({ type }) => type === 'SOA');
  const ns = authorities.find(({ type }) => type === 'NS');
  if (answers.length === 0 && ns && !soa) return `only refers to the servers of ${ns.name}`;
  if (!aa) return 'answered without authority (AA not set)';
  if (answers.length > 0 && !answers.some((record) => isSameName(record.name, name))) {
    return 'answered about another name';
  }
  // Authoritative, but for a zone above: it has never heard of this one.
  if (answers.length === 0 && soa && !isAtOrBelow(soa.name, apex)) return `answered for the zone ${soa.name}`;
  return null;
}

function chunksOf(data: Extract<WireRecord, { type: 'TXT' }>['data']): Buffer[] {
  return [data].flat().map((chunk) => Buffer.from(chunk));
}
