/** Checks data of unknown origin against a schema, and lists everything that is wrong with it. */
import { z } from 'zod';

/** Something that stops a run before it has written anything: where, what is wrong, and what to do about it. */
export const problemSchema = z.object({
  subject: z.string().describe('What it is about: a field, the API token, a zone'),
  problem: z.string().describe('What is wrong'),
  remedy: z.string().describe('What to do about it'),
});
export type Problem = z.output<typeof problemSchema>;

export type Parsed<Output> = { ok: true; value: Output } | { ok: false; problems: Problem[] };

interface Wording {
  /** The subject of a problem that belongs to no field. */
  subject: string;
  /** The remedy where the schema names none. */
  remedy: string;
}

const inputWording: Wording = {
  subject: 'input',
  remedy: 'correct the input and start again; docs/schemas describes its fields',
};

/** The data as the schema returns it, with defaults filled in; or every problem. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  candidate: unknown,
  wording = inputWording,
): Parsed<z.output<Schema>> {
  const parsed = schema.safeParse(candidate);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problems: parsed.error.issues.map((issue) => toProblem(issue, wording)) };
}

/** One issue of zod's as a problem. */
export function toProblem(issue: z.core.$ZodIssue, { subject, remedy } = inputWording): Problem {
  const own: unknown = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  return {
    subject: issue.path.length > 0 ? issue.path.join('.') : subject,
    problem: issue.message,
    remedy: typeof own === 'string' ? own : remedy,
  };
}
