/** Input, status and result of `onboardManySsoConnectors`. */
import { z } from 'zod';

import { bulkConcurrency, bulkLimits, rowFields, rowOutcomes } from '../names/vocabulary.ts';
import {
  accountIdSchema,
  approvalSettings,
  callbackUrl,
  deadlineSeconds,
  domainOutputFields,
  emailDomain,
  inputDescription,
  time,
} from './fields.ts';
import { onboardingFields } from './onboarding-input.ts';
import { toProblem } from './parse.ts';
import type { Parsed, Problem } from './parse.ts';

const text = z.string();
const count = z.int();

/** Every field is optional and has no default here: a row overrides the options, and the options the defaults. */
const optionSchema = z
  .strictObject({
    ...onboardingFields,
    approval: approvalSettings,
    callbackUrl: callbackUrl.max(2000),
    deadlineSeconds,
  })
  .partial();

const rowSchema = z.strictObject({ ...optionSchema.shape, emailDomain }).pick({
  emailDomain: true,
  enablement: true,
  dnsProvider: true,
  confirmWithinSeconds: true,
  useFedrampLanguage: true,
  callbackUrl: true,
} satisfies Record<(typeof rowFields)[number], true>);

export const bulkInputSchema = z
  .strictObject({
    accountId: accountIdSchema,
    rows: z
      .array(rowSchema)
      .min(1, 'must have at least one row')
      .max(bulkLimits.rows)
      .describe('The domains, each once, and what is asked for one of them alone'),
    concurrency: z
      .int()
      .min(1)
      .max(bulkConcurrency.max)
      .describe('How many onboardings run at a time')
      .default(bulkConcurrency.default),
    options: optionSchema.describe('For every row that does not say otherwise').prefault({}),
  })
  .meta({
    title: 'Input of the workflow onboardManySsoConnectors',
    description: `${inputDescription} At most ${bulkLimits.bytes} bytes of JSON, and each domain once`,
  });
/** What a client may send. */
export type BulkInput = z.input<typeof bulkInputSchema>;
/** The input with its domains in normal form and its own defaults; those of an onboarding are not filled in. */
export type ParsedBulkInput = z.output<typeof bulkInputSchema>;
export type BulkRow = ParsedBulkInput['rows'][number];

const rowReportSchema = z.object({
  row: count.describe('From 0, in the order of the input'),
  emailDomain: domainOutputFields.emailDomain,
  outcome: z.enum(rowOutcomes).describe('How the row ended'),
  type: text
    .nullable()
    .describe('The failure type, that of the cause where the run was undone; for refused the reason of the conflict'),
  message: text.nullable().describe("The failure message, shortened; the status of the domain's own run has all of it"),
});
export type RowReport = z.output<typeof rowReportSchema>;

const bulkCountsSchema = z.object({
  total: count.describe('All rows'),
  waiting: count.describe('Not started yet'),
  running: count.describe('Started and not ended'),
  enabled: count.describe('Enabled by this run'),
  'already-enabled': count.describe('Enabled before'),
  failed: count.describe('Failed'),
  refused: count.describe('Not started, because other work on the domain was running'),
  cancelled: count.describe('Cancelled'),
});
export type BulkCounts = z.output<typeof bulkCountsSchema>;

export const bulkStatusSchema = z
  .object({
    accountId: domainOutputFields.accountId,
    startedAt: time.describe('When the run started'),
    reason: text.describe('What is being done, in a sentence'),
    counts: bulkCountsSchema.describe('How many rows there are of each kind'),
    running: z
      .array(
        z.object({
          emailDomain: domainOutputFields.emailDomain,
          workflowId: text.describe("The domain's workflow id"),
        }),
      )
      .describe('The rows that have started and not ended'),
    finished: z
      .array(rowReportSchema)
      .describe('In the order in which they ended, without as many as the argument of the query says'),
  })
  .meta({ title: 'Answer to the query bulkStatus', description: 'Times are ISO 8601. Later versions may add fields.' });
export type BulkStatus = z.output<typeof bulkStatusSchema>;

export const bulkResultSchema = z
  .object({
    accountId: domainOutputFields.accountId,
    counts: bulkCountsSchema.describe('How many rows ended in each way'),
    rows: z.array(rowReportSchema).describe('In the order of the input'),
  })
  .meta({ title: 'Result of the workflow onboardManySsoConnectors', description: 'Later versions may add fields.' });
export type BulkResult = z.output<typeof bulkResultSchema>;

const divide = 'split the list, and send the parts one after another';

/** `row` from 0; -1: the problem belongs to no row. */
interface RowProblem {
  row: number;
  problem: Problem;
}

/**
 * Checks an input of unknown origin, all rows at once.
 * @param locationOf names a row (from 0) for whoever wrote it: its index, or the line of a file
 */
export function parseBulk(
  candidate: unknown,
  locationOf = (row: number): string => `rows.${row}`,
): Parsed<ParsedBulkInput> {
  const tooMany = checkCount(candidate);
  if (tooMany !== null) return { ok: false, problems: [tooMany] };
  const parsed = bulkInputSchema.safeParse(candidate);
  if (parsed.success) {
    const tooLarge = checkSize(candidate);
    const duplicates = findDuplicates(parsed.data.rows, locationOf).map(({ problem }) => problem);
    const problems = tooLarge === null ? duplicates : [tooLarge, ...duplicates];
    return problems.length === 0 ? { ok: true, value: parsed.data } : { ok: false, problems };
  }
  const found = [
    ...parsed.error.issues.map((issue) => toRowProblem(issue, locationOf)),
    ...findDuplicates(readableRows(candidate), locationOf),
  ].toSorted((one, other) => one.row - other.row);
  return { ok: false, problems: found.map(({ problem }) => problem) };
}

const rowsOnly = z.object({ rows: z.array(z.unknown()) });

/** Checked first, so that a list that is far too long is not parsed row by row. */
function checkCount(candidate: unknown): Problem | null {
  const { rows } = rowsOnly.safeParse(candidate).data ?? { rows: [] };
  if (rows.length <= bulkLimits.rows) return null;
  return { subject: 'rows', problem: `${rows.length} rows; at most ${bulkLimits.rows} are allowed`, remedy: divide };
}

/** Checked last: data that does not match the schema may be nested too deeply to be written as JSON. */
function checkSize(input: unknown): Problem | null {
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes <= bulkLimits.bytes) return null;
  return {
    subject: 'input',
    problem: `it takes ${bytes} bytes as JSON; at most ${bulkLimits.bytes} are allowed`,
    remedy: `put what all rows share into "options", or ${divide}`,
  };
}

/** The valid domain of each row, at its index. */
function readableRows(candidate: unknown): ({ emailDomain: string } | null)[] {
  const { rows } = rowsOnly.safeParse(candidate).data ?? { rows: [] };
  const domain = z.object({ emailDomain });
  return rows.map((row) => domain.safeParse(row).data ?? null);
}

function findDuplicates(
  rows: readonly ({ emailDomain: string } | null)[],
  locationOf: (row: number) => string,
): RowProblem[] {
  const first = new Map<string, number>();
  return rows.flatMap((entry, row) => {
    if (entry === null) return [];
    const { emailDomain: domain } = entry;
    const before = first.get(domain);
    if (before === undefined) {
      first.set(domain, row);
      return [];
    }
    const problem = `${domain} is in ${locationOf(before)} already`;
    return [{ row, problem: { subject: `${locationOf(row)}, emailDomain`, problem, remedy: 'remove one of the two' } }];
  });
}

function toRowProblem(issue: z.core.$ZodIssue, locationOf: (row: number) => string): RowProblem {
  const problem = toProblem(issue);
  const [list, row, ...field] = issue.path;
  if (list !== 'rows' || typeof row !== 'number') return { row: -1, problem };
  const subject = [locationOf(row), field.join('.')].filter((part) => part !== '').join(', ');
  return { row, problem: { ...problem, subject } };
}
