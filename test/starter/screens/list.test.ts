import { expect, it } from 'vitest';

import { noColours } from '../../../src/starter/terminal/colours.ts';
import type { Colours } from '../../../src/starter/terminal/colours.ts';
import type { ListedRun } from '../../../src/client/list-domains.ts';
import { renderList } from '../../../src/starter/screens/list.ts';

const mark = (text: string) => `<${text}>`;
const now = new Date('2026-01-01T00:10:00.000Z');
const one = '0123456789abcdef0123456789abcdef';

const undone: ListedRun = {
  kind: 'onboarding',
  accountId: one,
  emailDomain: 'example.com',
  runId: 'run-1',
  state: 'failed',
  phase: 'undone',
  startedAt: '2025-12-31T00:00:00.000Z',
  closedAt: '2025-12-31T01:00:00.000Z',
};
const entries: ListedRun[] = [
  {
    kind: 'onboarding',
    accountId: one,
    emailDomain: 'team.example.com',
    runId: 'run-2',
    state: 'running',
    phase: 'waiting-for-approval',
    startedAt: '2026-01-01T00:09:56.000Z',
    closedAt: null,
  },
  undone,
];

it('shows runs as a table, with their accounts where there are several', () => {
  expect(`\n${renderList(entries, now, noColours).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    domain            run      phase                 started
    team.example.com  running  waiting-for-approval  4 s ago
    example.com       failed   undone                1 d ago
    "
  `);
  const other = { ...undone, accountId: 'f'.repeat(32) };
  expect(renderList([...entries, other], now, noColours).at(-1)).toContain('f'.repeat(32));
});

it('names the workflow of each run where both occur, and paints the success of either alike', () => {
  const left: ListedRun = { ...undone, kind: 'offboarding', state: 'completed', phase: 'offboarded' };
  const lines = renderList([left, ...entries], now, { ...noColours, good: mark });
  expect(lines[0]).toMatch(/^domain +workflow +run /u);
  expect(lines[1]).toMatch(/^example\.com +off-boarding +<completed> +<offboarded> /u);
  expect(lines[2]).toMatch(/^team\.example\.com +onboarding +running +waiting-for-approval /u);
});

it('has aligned columns in colours too', () => {
  const marks: Colours = { good: mark, notable: mark, bad: mark, strong: mark, faint: mark };
  const marked = renderList(entries, now, marks);
  expect(marked.join('\n')).toContain('<failed>');
  expect(marked.map((line) => line.replaceAll(/[<>]/gu, ''))).toEqual(renderList(entries, now, noColours));
});
