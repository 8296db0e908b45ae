/** The contract's input for many domains, checked as `input.ts` checks that for one: all rows at once. */
import { z } from 'zod';

import type { Problem } from '../old-contract.ts';
import { bulkConcurrency, bulkLimits } from '../old-bulk.ts';
import type { BulkInput, rowFields } from '../old-bulk.ts';
import { exactly } from '../../exactly.ts';
import { inputSchema } from './onboarding-input.ts';
import { toProblem } from './parse.ts';
import type { Parsed } from './parse.ts';

/** Every run is started with it. */
const callbackUrl = inputSchema.shape.callbackUrl
  .unwrap()
  .max(2000)
  .optional()
  .describe(
    "Gets a signed event at each outcome of an onboarding and when a human is needed; one of the worker's origins",
  );

const rowSchema = inputSchema
  .pick({
    emailDomain: true,
    enablement: true,
    dnsProvider: true,
    confirmWithinSeconds: true,
    useFedrampLanguage: true,
    callbackUrl: true,
  } satisfies Record<(typeof rowFields)[number], true>)
  .extend({ callbackUrl });

const divide = 'divide the list, and send its parts one after another';

export const bulkSchema = exactly<BulkInput>()(
  z
    .strictObject({
      accountId: inputSchema.shape.accountId,
      rows: z
        .array(rowSchema)
        .min(1, 'names no domain')
        .max(bulkLimits.rows)
        .describe('The domains, each once, and what is asked for one of them alone'),
      concurrency: z
        .int()
        .min(1)
        .max(bulkConcurrency.most)
        .optional()
        .describe(`How many onboardings are under way at a time; default ${bulkConcurrency.standard}`),
      options: inputSchema
        .omit({ accountId: true, emailDomain: true })
        .extend({ callbackUrl })
        .optional()
        .describe('For every row that does not say otherwise'),
    })
    .meta({
      title: 'Input of the workflow onboardManySsoConnectors',
      description: `Its one argument: at most ${bulkLimits.bytes} bytes of JSON. Durations are in seconds. A worker checks more than a schema can say: whether each domain is fit and there once, and that polling.firstSeconds is not above polling.maxSeconds`,
    }),
);

/** `row` from 0; -1: none in particular. */
interface Found {
  row: number;
  problem: Problem;
}

/**
 * Checks an input from anywhere and brings its domains to normal form. Adds no defaults.
 * @param placeOf where a row (from 0) stands, for whoever wrote it: its index, or the line of a file
 */
export function parseBulk(candidate: unknown, placeOf = (row: number): string => `rows.${row}`): Parsed<BulkInput> {
  const tooMany = judgeCount(candidate);
  if (tooMany !== null) return { ok: false, problems: [tooMany] };
  const parsed = bulkSchema.safeParse(candidate);
  if (parsed.success) {
    const tooLong = judgeSize(parsed.data);
    const twice = findTwice(parsed.data.rows, placeOf).map(({ problem }) => problem);
    const problems = tooLong === null ? twice : [tooLong, ...twice];
    return problems.length === 0 ? { ok: true, input: parsed.data } : { ok: false, problems };
  }
  const found = [
    ...parsed.error.issues.map((issue) => locate(issue, placeOf)),
    ...findTwice(readableRows(candidate), placeOf),
  ].toSorted((one, other) => one.row - other.row);
  return { ok: false, problems: found.map(({ problem }) => problem) };
}

/** First, so that what is far too long is not looked at a row at a time. */
function judgeCount(candidate: unknown): Problem | null {
  const { rows } = z.object({ rows: z.array(z.unknown()) }).safeParse(candidate).data ?? { rows: [] };
  if (rows.length <= bulkLimits.rows) return null;
  return { subject: 'rows', problem: `${rows.length} of them, and ${bulkLimits.rows} is the most`, remedy: divide };
}

/** Last: what has not been checked may be nested so deep that it cannot be written. */
function judgeSize(input: BulkInput): Problem | null {
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes <= bulkLimits.bytes) return null;
  return {
    subject: 'input',
    problem: `it takes ${bytes} bytes as JSON, and ${bulkLimits.bytes} is the most`,
    remedy: `put what all rows share into "options", or ${divide}`,
  };
}

/** The domain of each row that has a sound one, at its place. */
function readableRows(candidate: unknown): ({ emailDomain: string } | null)[] {
  const { rows } = z.object({ rows: z.array(z.unknown()) }).safeParse(candidate).data ?? { rows: [] };
  const domain = z.object({ emailDomain: inputSchema.shape.emailDomain });
  return rows.map((row) => domain.safeParse(row).data ?? null);
}

function findTwice(rows: readonly ({ emailDomain: string } | null)[], placeOf: (row: number) => string): Found[] {
  const first = new Map<string, number>();
  return rows.flatMap((entry, row) => {
    if (entry === null) return [];
    const { emailDomain } = entry;
    const before = first.get(emailDomain);
    if (before === undefined) {
      first.set(emailDomain, row);
      return [];
    }
    const problem = `${emailDomain} is in ${placeOf(before)} already`;
    return [{ row, problem: { subject: `${placeOf(row)}, emailDomain`, problem, remedy: 'leave one of the two out' } }];
  });
}

function locate(issue: z.core.$ZodIssue, placeOf: (row: number) => string): Found {
  const problem = toProblem(issue);
  const [list, row, ...field] = issue.path;
  if (list !== 'rows' || typeof row !== 'number') return { row: -1, problem };
  const subject = [placeOf(row), field.join('.')].filter((part) => part !== '').join(', ');
  return { row, problem: { ...problem, subject } };
}
