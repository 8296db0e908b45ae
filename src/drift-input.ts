/** What a look for drift is asked for, checked; for clients and activities, too heavy for the workflow bundle. */
import { z } from 'zod';

import type { Problem } from './contract.ts';
import type { DriftInput, DriftSettings } from './contract/drift.ts';
import { completePace } from './decisions/pace.ts';
import { inputSchema } from './input.ts';

const { accountId, callbackUrl, pace } = inputSchema.shape;
const driftInputSchema = z.strictObject({ accountId, repair: z.boolean().optional(), callbackUrl, pace });

export type ParsedDriftInput = { ok: true; input: DriftInput } | { ok: false; problems: Problem[] };

/** Checks an input from anywhere. */
export function parseDriftInput(candidate: unknown): ParsedDriftInput {
  const parsed = driftInputSchema.safeParse(candidate);
  if (parsed.success) return { ok: true, input: parsed.data };
  const remedy = 'correct the input and start again; its fields are in src/contract/drift.ts';
  const problems = parsed.error.issues.map(({ path, message }) => ({
    subject: path.length > 0 ? path.join('.') : 'input',
    problem: message,
    remedy,
  }));
  return { ok: false, problems };
}

export function withDriftDefaults({
  accountId: account,
  repair,
  callbackUrl: url,
  pace: own,
}: DriftInput): DriftSettings {
  return {
    accountId: account,
    repair: repair ?? false,
    callbackUrl: url ?? null,
    pace: completePace(own),
  };
}
