import type { ServerVerdict } from '../../contract/names/vocabulary.ts';
import type { TxtReading } from '../wire/txt-answer.ts';
import { hasTxtValue, joinTxtChunks } from '../wire/txt.ts';

export interface TxtVerdict<Verdict extends string = ServerVerdict> {
  verdict: Verdict;
  /** A short phrase: what is there instead, or as well. */
  detail: string;
}

/** Whether the value is among those that were read, byte for byte. */
export function verdictOn(reading: TxtReading, value: string): TxtVerdict {
  if (reading.kind === 'lame') return { verdict: 'lame', detail: reading.detail };
  if (reading.kind === 'silent') return { verdict: 'unreachable', detail: reading.detail };
  const detail = describeTxt(reading);
  if (reading.kind !== 'values' || reading.records.length === 0) return { verdict: 'lacks-value', detail };
  return hasTxtValue(reading.records, value)
    ? { verdict: 'has-value', detail: `${detail}, this one among them` }
    : { verdict: 'lacks-value', detail: `${detail}, not this one` };
}

/** The verdict at a resolver, which serves no zone and so cannot be lame. */
export function verdictAtResolver<Verdict extends string>({
  verdict,
  detail,
}: TxtVerdict<Verdict | 'lame'>): TxtVerdict<Exclude<Verdict, 'lame'> | 'unreachable'> {
  return { verdict: isNotLame(verdict) ? verdict : 'unreachable', detail };
}

function isNotLame<Verdict extends string>(verdict: Verdict | 'lame'): verdict is Exclude<Verdict, 'lame'> {
  return verdict !== 'lame';
}

/** What was read, in a few words. */
export function describeTxt(reading: TxtReading): string {
  if (reading.kind === 'no-such-name') return 'NXDOMAIN';
  if (reading.kind === 'alias') return `a CNAME to ${reading.target}, no TXT of its own`;
  if (reading.kind !== 'values') return reading.detail;
  const count = reading.records.length;
  if (count === 0) return 'no TXT values';
  return count === 1 ? '1 TXT value' : `${count} TXT values`;
}

/**
 * A text that is the same for readings of the same set of values, in any order and chunks; `null` when nothing was read.
 * Whether a name without values exists makes no difference.
 */
export function identifyValues(reading: TxtReading): string | null {
  if (reading.kind === 'lame' || reading.kind === 'silent') return null;
  if (reading.kind === 'alias') return `CNAME ${reading.target.toLowerCase()}`;
  const records = reading.kind === 'values' ? reading.records : [];
  const values = records.map((chunks) => joinTxtChunks(chunks).toString('hex'));
  return `TXT ${[...new Set(values)].toSorted().join(' ')}`;
}
