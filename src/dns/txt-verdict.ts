import { hasTxtValue } from './txt.ts';

export interface TxtVerdict {
  verdict: 'has-value' | 'lacks-value';
  /** A short phrase that says what is there instead, or beside it. */
  detail: string;
}

/** Judges the TXT records of a name, each a list of chunks: is the value among them, byte for byte? */
export function judgeTxtRecords(records: readonly (readonly Uint8Array[])[], value: string): TxtVerdict {
  if (records.length === 0) return { verdict: 'lacks-value', detail: 'no TXT values' };
  const count = records.length === 1 ? '1 TXT value' : `${records.length} TXT values`;
  return hasTxtValue(records, value)
    ? { verdict: 'has-value', detail: `${count}, this one among them` }
    : { verdict: 'lacks-value', detail: `${count}, not this one` };
}
