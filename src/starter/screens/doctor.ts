/** The checks of `doctor` as text. Pure. */
import type { Check, CheckState } from '../../doctor/check.ts';
import type { Diagnosis } from '../../doctor/diagnose.ts';
import { noColours } from '../terminal/colours.ts';
import type { Colours, Paint } from '../terminal/colours.ts';

const words: Record<CheckState, string> = { ok: 'ok', 'not-ok': 'not ok', skipped: 'skipped' };

const stateWidth = Math.max(...Object.values(words).map(({ length }) => length));

/** The indent of the second line of a long text. */
export const doctorIndent = stateWidth + 4;

/** A line for each check, and below it what to do next. */
export function renderDoctor({ checks }: Diagnosis, colours: Colours = noColours): string[] {
  const paints: Record<CheckState, Paint> = { ok: colours.good, 'not-ok': colours.bad, skipped: colours.faint };
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(stateWidth + 2);
  const lines = checks.flatMap(({ name, state, found, next }) => [
    `${paints[state](words[state].padEnd(stateWidth))}  ${name.padEnd(nameWidth)}  ${found.replaceAll(/\s+/gu, ' ')}`,
    ...(next?.split('\n') ?? []).map((line, index) => `${indent}${index === 0 ? '→ ' : '    '}${line}`),
  ]);
  return [...lines, '', summarise(checks)];
}

function summarise(checks: readonly Check[]): string {
  const count = (wanted: CheckState): number => checks.filter(({ state }) => state === wanted).length;
  const skipped = count('skipped') === 0 ? '' : `, and ${count('skipped')} skipped`;
  if (count('not-ok') === 0) return `Everything that was checked is ok${skipped}.`;
  return `${count('not-ok')} of ${checks.length} are not ok${skipped}.`;
}
