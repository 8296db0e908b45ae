import type { Problem } from '../../contract/schemas/parse.ts';
import { chunksOf } from '../wire/txt-answer.ts';
import { joinTxtChunks, quoteTxt } from '../wire/txt.ts';
import type { WireRecord } from '../wire/message.ts';

/** A CNAME of the name itself. */
export function describeCname(name: string, target: string): Problem {
  return {
    subject: 'DNS',
    problem: `${name} is a CNAME to ${target}, and nothing can stand beside a CNAME, so no TXT value either`,
    remedy: `replace the CNAME of ${name} with the records that it leads to (A and AAAA, and MX where mail is received)`,
  };
}

/** @param lent what the name shows now although it owns no records: those of a wildcard */
export function describeWildcard(name: string, lent: readonly WireRecord[]): Problem {
  const texts = [...new Set(lent.map(describeRecord))];
  const records = texts.join(', ');
  const mail = lent.some(({ type }) => type === 'MX') ? ' and mail to it would stop' : '';
  const copy = lent.some(({ type }) => type === 'CNAME')
    ? `add what stands at the end of ${records} to ${name} itself first (A and AAAA, and MX where mail is received; no CNAME)`
    : `copy these records to ${name} itself first: ${records}`;
  return {
    subject: 'DNS',
    problem: `${name} owns no records, a wildcard answers for it; a TXT value there would hide the wildcard: ${records} would be gone${mail}`,
    remedy: `${copy}; and to *.${name}, if names below it are in use`,
  };
}

function describeRecord(record: WireRecord): string {
  if (record.type === 'TXT') return `TXT ${quoteTxt(joinTxtChunks(chunksOf(record)).toString('utf8'))}`;
  if (record.type === 'MX') return `MX ${record.data.preference ?? 0} ${record.data.exchange}`;
  if (record.type === 'A' || record.type === 'AAAA' || record.type === 'CNAME') return `${record.type} ${record.data}`;
  return record.type;
}
