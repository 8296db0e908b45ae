import { describe, expect, it } from 'vitest';

import { bulkLimits, rowOutcomes } from '../../../src/contract/names/vocabulary.ts';
import { parseBulk } from '../../../src/contract/schemas/bulk.ts';
import type { BulkResult, BulkStatus, ParsedBulkInput, RowReport } from '../../../src/contract/schemas/bulk.ts';
import { readTimings } from '../../../src/config/timings.ts';
import { hashOf } from '../../../src/client/start-bulk.ts';
import { countRows, truncateMessage, endingOfFailure } from '../../../src/decisions/bulk.ts';
import type { CarriedBulk } from '../../../src/workflows/bulk/onboard-many-sso-connectors.ts';

const accountId = '0123456789abcdef0123456789abcdef';

function problemsOf(candidate: unknown): string[] {
  const parsed = parseBulk(candidate);
  return parsed.ok ? [] : parsed.problems.map(({ subject, problem }) => `${subject}: ${problem}`);
}

function inputOf(candidate: unknown): ParsedBulkInput {
  const outcome = parseBulk(candidate);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

/** More than can be written as JSON again. */
const deep: unknown = JSON.parse('['.repeat(5000) + ']'.repeat(5000));

function withLongUrls(count: number) {
  const callbackUrl = `https://a.com/${'x'.repeat(1900)}`;
  return Array.from({ length: count }, (_, index) => ({ emailDomain: `a${index}.com`, callbackUrl }));
}

describe('a list of domains', () => {
  it('is brought to normal form, without the defaults of a row, which the options may override', () => {
    expect(inputOf({ accountId, rows: [{ emailDomain: 'Example.COM.' }] })).toEqual({
      accountId,
      rows: [{ emailDomain: 'example.com' }],
      concurrency: 10,
      options: {},
    });
  });

  it('has every problem of every row listed at once, by its index and in its order', () => {
    const rows = [
      { emailDomain: 'a.com' },
      { emailDomain: 'gmail.com' },
      { enablement: 'never' },
      { emailDomain: 'A.com' },
      { emailDomain: 'b.com', deadlineSeconds: 1 },
      'c.com',
      { emailDomain: 'd.com', confirmWithinSeconds: -1, callbackUrl: 'ftp://d.com' },
    ];
    const problems = problemsOf({ accountId, rows, options: { emailDomain: 'e.com' }, concurrency: 0 });
    expect(problems.map((line) => line.split(': ')[0])).toEqual([
      'concurrency',
      'options',
      'rows.1, emailDomain',
      'rows.2, emailDomain',
      'rows.2, enablement',
      'rows.3, emailDomain',
      'rows.4',
      'rows.5',
      'rows.6, confirmWithinSeconds',
      'rows.6, callbackUrl',
    ]);
    expect(problems[5]).toBe('rows.3, emailDomain: a.com is in rows.0 already');
  });

  it.each<[candidate: unknown, problem: string]>([
    [{ rows: Array.from({ length: 4001 }, () => ({})) }, '4001 rows; at most 4000 are allowed'],
    [{ accountId, rows: withLongUrls(300) }, 'at most 500000 are allowed'],
    [
      { accountId, rows: [{ emailDomain: 'a.com', callbackUrl: `https://a.com/${'x'.repeat(2000)}` }] },
      'callbackUrl: ',
    ],
    [deep, 'input: '],
    [{ accountId, rows: deep }, 'rows.0: '],
    [{ rows: [], accountId }, 'rows: must have at least one row'],
    [null, 'input: '],
    ['a.com', 'input: '],
  ])('is refused when it is too long, empty or none', (candidate, problem) => {
    expect(problemsOf(candidate).join('\n')).toContain(problem);
  });

  it('has the same key in another order and with another concurrency, and another key with another option', () => {
    const [one, two] = [{ emailDomain: 'a.com' }, { emailDomain: 'b.com', enablement: 'automatic' }];
    const hash = hashOf(inputOf({ accountId, rows: [one, two] }));
    expect(hashOf(inputOf({ accountId, rows: [two, { emailDomain: 'A.com' }], concurrency: 3 }))).toBe(hash);
    expect(
      hashOf(inputOf({ accountId, rows: [one, { emailDomain: 'b.com' }], options: { deadlineSeconds: 604_800 } })),
    ).toBe(hash);
    expect(hashOf(inputOf({ accountId, rows: [one, two], options: { useFedrampLanguage: true } }))).not.toBe(hash);
    expect(hashOf(inputOf({ accountId: 'f'.repeat(32), rows: [one, two] }))).not.toBe(hash);
  });
});

describe('a message', () => {
  it('stays as it is, on one line, while it is short', () => {
    expect(truncateMessage('zone of a.com:\n  "not there"')).toBe('zone of a.com: "not there"');
  });

  it.each(['x', '"', '\\', '\u0000', 'é', '→', '😀', '\ud800', '\u2028'])(
    'of many %j takes no more bytes than it may',
    (character) => {
      const cut = truncateMessage(`x${character.repeat(1000)}`);
      expect(Buffer.byteLength(JSON.stringify(cut)) - 2).toBeLessThanOrEqual(bulkLimits.messageBytes);
    },
  );

  it('is also taken from an unexpected error', () => {
    expect(endingOfFailure(new TypeError('what?'))).toEqual({ outcome: 'failed', type: 'TypeError', message: 'what?' });
    expect(endingOfFailure('what?')).toEqual({ outcome: 'failed', type: null, message: null });
  });
});

it('the longest list, with the longest failure of each row, stays below the payload limit of Temporal', () => {
  const room = bulkLimits.bytes - 60;
  const length = Math.floor(room / bulkLimits.rows) - '{"emailDomain":""},'.length;
  const label = 'l'.repeat(60);
  const name = (row: number) =>
    `${String(row).padStart(4, '0')}${label}.${label}.com`.padEnd(length, 'x').slice(0, length);
  const rows = Array.from({ length: bulkLimits.rows }, (_, row) => ({ emailDomain: name(row) }));
  const sent = { accountId, rows };
  const input: ParsedBulkInput = { ...sent, concurrency: 50, options: {} };
  expect(Buffer.byteLength(JSON.stringify(sent))).toBeGreaterThan(bulkLimits.bytes * 0.99);
  expect(Buffer.byteLength(JSON.stringify(sent))).toBeLessThanOrEqual(bulkLimits.bytes);

  const ending = { outcome: 'failed', type: 'DnsProviderUnauthorized', message: '"'.repeat(100) } as const;
  const finished = rows.map((_, row) => ({ row, ...ending }));
  const running = Array.from({ length: 50 }, (_, row) => ({ row, runId: '019d0000-0000-7000-8000-000000000000' }));
  const startedAt = new Date(0).toISOString();
  const reports: RowReport[] = rows.map(({ emailDomain }, row) => ({ row, emailDomain, ...ending }));
  const counts = countRows(rows.length, finished, 0);
  const carried: CarriedBulk = { timings: readTimings({}, []), progress: { startedAt, finished, running } };
  const status: BulkStatus = { accountId, startedAt, reason: '', counts, running: [], finished: reports };
  const result: BulkResult = { accountId, counts, rows: reports };

  const sizes = Object.entries({ 'continue as new': [input, carried], status, result }).map(
    ([what, value]) => [what, Buffer.byteLength(JSON.stringify(value))] as const,
  );
  console.table(Object.fromEntries(sizes));
  for (const [what, bytes] of sizes) expect(bytes, what).toBeLessThan(0.9 * 2 * 1024 * 1024);
  expect(rowOutcomes.reduce((sum, outcome) => sum + counts[outcome], 0)).toBe(rows.length);
});
