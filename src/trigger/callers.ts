/** Who may call the trigger, and what for: a JSON file, read once at the start. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { z } from 'zod';

import { accountIdPattern } from '../contract/names/ids.ts';
import { webhookSecret } from '../environment/webhook-secrets.ts';
import { parseAdapter } from './adapter.ts';
import type { Adapter } from './adapter.ts';

export const actions = ['onboard', 'offboard', 'read', 'check-now', 'approve', 'confirm', 'cancel'] as const;
export type Action = (typeof actions)[number];
/** A signature covers the body alone: what else a request says (its path) needs a bearer token. */
export const signedActions: readonly Action[] = ['onboard', 'offboard'];

export interface Caller {
  name: string;
  /** Several while one is being replaced by the next; empty for a bearer. */
  webhookSecrets: readonly string[];
  /** SHA-256 of the token; `null` for a sender of webhooks. */
  bearerSha256: Buffer | null;
  accounts: readonly string[];
  actions: readonly Action[];
  requestsPerMinute: number;
  /** `null`: it speaks the contract's own input. */
  adapter: Adapter | null;
}

const callerSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/u, 'must be lower-case letters, digits and hyphens'),
    webhookSecrets: z.array(webhookSecret).min(1).optional(),
    bearerSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/u, "must be the token's SHA-256: 64 hexadecimal characters in lower case")
      .optional(),
    accounts: z.array(z.string().regex(accountIdPattern, 'must be 32 hexadecimal characters in lower case')).min(1),
    actions: z.array(z.enum(actions)).min(1),
    requestsPerMinute: z.int().positive().default(120),
    adapter: z.string().optional(),
  })
  .refine(({ webhookSecrets, bearerSha256 }) => (webhookSecrets === undefined) !== (bearerSha256 === undefined), {
    error: 'needs either webhookSecrets or bearerSha256',
  })
  .refine((caller) => caller.bearerSha256 !== undefined || caller.actions.every(isSigned), {
    error: `signs the body alone, so its actions can only be ${signedActions.join(', ')}: the others need a bearer token`,
    path: ['actions'],
  })
  .refine(({ webhookSecrets, actions: allowed }) => webhookSecrets === undefined || new Set(allowed).size === 1, {
    // Whoever gets hold of an event before it arrives could send it elsewhere.
    error: 'signs the body alone, which says nothing of whether a domain comes or leaves: make a caller for each',
    path: ['actions'],
  });

const fileSchema = z.strictObject({ callers: z.array(callerSchema).min(1) });

function isSigned(action: Action): boolean {
  return signedActions.includes(action);
}

/**
 * Reads the file and the adapters it names, whose paths are relative to it.
 * @throws {TypeError} with every problem of the file; never repeats a secret
 */
export function parseCallers(path: string): Caller[] {
  const parsed = fileSchema.safeParse(readJson(path));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim());
    throw new TypeError(`${path}: ${problems.join('; ')}`);
  }
  const { callers } = parsed.data;
  refuseShared(
    path,
    'name',
    callers.map(({ name }) => name),
  );
  refuseShared(
    path,
    'secret or token',
    callers.flatMap(({ webhookSecrets, bearerSha256 }) => [
      ...new Set(webhookSecrets),
      ...(bearerSha256 === undefined ? [] : [bearerSha256]),
    ]),
  );
  return callers.map(({ adapter, webhookSecrets, bearerSha256, ...caller }) => ({
    ...caller,
    webhookSecrets: webhookSecrets ?? [],
    bearerSha256: bearerSha256 === undefined ? null : Buffer.from(bearerSha256, 'hex'),
    adapter: adapter === undefined ? null : readAdapter(resolve(dirname(path), adapter)),
  }));
}

/** Each caller is told from the others by what it signs with, or by its token. */
function refuseShared(path: string, what: string, values: string[]): void {
  if (new Set(values).size < values.length) throw new TypeError(`${path}: two callers have the same ${what}`);
}

function readAdapter(path: string): Adapter {
  const file = readJson(path);
  try {
    return parseAdapter(file);
  } catch (error) {
    throw new TypeError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function readJson(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the file, secrets included.
    throw new TypeError(`${path} is not valid JSON`);
  }
}
