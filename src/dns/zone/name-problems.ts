import type { Problem } from '../../contract/schemas/parse.ts';
import { chunksOf } from '../wire/txt-answer.ts';
import { joinTxtChunks, quoteTxt } from '../wire/txt.ts';
import type { WireRecord } from '../wire/message.ts';

/** The name itself is a CNAME. */
export function describeCname(name: string, target: string): Problem {
  return {
    subject: 'DNS',
    problem: `${name} is a CNAME to ${target}, and a name with a CNAME can have no other records, so no TXT value`,
    remedy: `replace the CNAME of ${name} with the records of its target (A and AAAA, and MX where mail is received)`,
  };
}

/** @param fromWildcard the records that the name has now, all from a wildcard */
export function describeWildcard(name: string, fromWildcard: readonly WireRecord[]): Problem {
  const texts = [...new Set(fromWildcard.map(describeRecord))];
  const records = texts.join(', ');
  const mail = fromWildcard.some(({ type }) => type === 'MX') ? ' and mail to it would stop' : '';
  const copy = fromWildcard.some(({ type }) => type === 'CNAME')
    ? `add the records of the target of ${records} to ${name} itself first (A and AAAA, and MX where mail is received; no CNAME)`
    : `copy these records to ${name} itself first: ${records}`;
  return {
    subject: 'DNS',
    problem:
      `${name} has no records of its own; a wildcard answers for it. With a TXT value there, the wildcard no longer ` +
      `applies to the name: ${records} would be gone${mail}`,
    remedy: `${copy}; and to *.${name}, if names below it are in use`,
  };
}

function describeRecord(record: WireRecord): string {
  if (record.type === 'TXT') return `TXT ${quoteTxt(joinTxtChunks(chunksOf(record)).toString('utf8'))}`;
  if (record.type === 'MX') return `MX ${record.data.preference ?? 0} ${record.data.exchange}`;
  if (record.type === 'A' || record.type === 'AAAA' || record.type === 'CNAME') return `${record.type} ${record.data}`;
  return record.type;
}
