/** What has come from anywhere, checked by a schema: it in normal form, or everything that is wrong with it. */
import type { z } from 'zod';

import type { Problem } from '../old-contract.ts';

export type Parsed<Input> = { ok: true; input: Input } | { ok: false; problems: Problem[] };

/** How a problem is told to whoever sent it. */
interface Wording {
  /** What is wrong where no field of it is. */
  subject: string;
  /** Where the schema says nothing better. */
  remedy: string;
}

const ofAnInput: Wording = {
  subject: 'input',
  remedy: 'correct the input and start again; its fields are in docs/schemas',
};

export function parseBy<Input>(schema: z.ZodType<Input>, candidate: unknown, wording = ofAnInput): Parsed<Input> {
  const parsed = schema.safeParse(candidate);
  if (parsed.success) return { ok: true, input: parsed.data };
  return { ok: false, problems: parsed.error.issues.map((issue) => toProblem(issue, wording)) };
}

/** What is wrong at one place, and what to do about it. */
export function toProblem(issue: z.core.$ZodIssue, { subject, remedy } = ofAnInput): Problem {
  const own: unknown = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  return {
    subject: issue.path.length > 0 ? issue.path.join('.') : subject,
    problem: issue.message,
    remedy: typeof own === 'string' ? own : remedy,
  };
}
