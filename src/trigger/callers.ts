/** Who may call the trigger, and what for: a JSON file, read once at the start. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { z } from 'zod';

import { accountIdPattern, workflowKinds } from '../contract/names/ids.ts';
import type { WorkflowKind } from '../contract/names/ids.ts';
import { webhookSecret } from '../environment/webhook-secrets.ts';
import { parseAdapter } from './adapter.ts';
import type { Adapter } from './adapter.ts';

/** What a bearer may do. */
export const actions = ['onboard', 'offboard', 'read', 'check', 'approve', 'confirm', 'cancel'] as const;
export type Action = (typeof actions)[number];

export interface Caller {
  /** Recorded with what it does. */
  name: string;
  accounts: readonly string[];
  requestsPerMinute: number;
}

/** Sends signed events, each of which starts one kind of workflow. */
export interface Sender extends Caller {
  /** Standard Webhooks secrets; several while one replaces another. */
  webhookSecrets: readonly string[];
  starts: WorkflowKind;
  /** `null`: the events are inputs of the contract. */
  adapter: Adapter | null;
}

/** Sends a bearer token. */
export interface Bearer extends Caller {
  tokenSha256: Buffer;
  actions: readonly Action[];
}

export interface Callers {
  senders: readonly Sender[];
  bearers: readonly Bearer[];
}

const common = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/u, 'must be lower-case letters, digits and hyphens'),
  accounts: z.array(z.string().regex(accountIdPattern, 'must be 32 hexadecimal characters in lower case')).min(1),
  requestsPerMinute: z.int().positive().default(120),
};

const senderSchema = z.strictObject({
  ...common,
  webhookSecrets: z.array(webhookSecret).min(1),
  // One kind for each secret: the signature covers the body alone, which does not say whether to onboard or off-board.
  starts: z.enum(workflowKinds),
  adapter: z.string().optional(),
});

const bearerSchema = z.strictObject({
  ...common,
  tokenSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/u, "must be the token's SHA-256: 64 hexadecimal characters in lower case"),
  actions: z.array(z.enum(actions)).min(1),
});

const fileSchema = z
  .strictObject({ senders: z.array(senderSchema).default([]), bearers: z.array(bearerSchema).default([]) })
  .refine(({ senders, bearers }) => senders.length + bearers.length > 0, { error: 'needs a sender or a bearer' });

/**
 * Reads the file, and the adapters that it names by paths relative to it.
 * @throws {TypeError} with every problem of the file; never repeats a secret
 */
export function parseCallers(path: string): Callers {
  const parsed = fileSchema.safeParse(readJson(path));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim());
    throw new TypeError(`${path}: ${problems.join('; ')}`);
  }
  const { senders, bearers } = parsed.data;
  const secrets = senders.flatMap(({ webhookSecrets }) => [...new Set(webhookSecrets)]);
  const tokens = bearers.map(({ tokenSha256 }) => tokenSha256);
  const names = [...senders, ...bearers].map(({ name }) => name);
  for (const [what, values] of Object.entries({ name: names, secret: secrets, token: tokens })) {
    if (new Set(values).size < values.length) throw new TypeError(`${path}: two callers have the same ${what}`);
  }
  return {
    senders: senders.map(({ adapter, ...sender }) => ({
      ...sender,
      adapter: adapter === undefined ? null : readAdapter(resolve(dirname(path), adapter)),
    })),
    bearers: bearers.map(({ tokenSha256, ...bearer }) => ({
      ...bearer,
      tokenSha256: Buffer.from(tokenSha256, 'hex'),
    })),
  };
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
