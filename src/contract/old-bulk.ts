/** Many domains at once: one run that starts an onboarding for each, a few at a time, and reports what became of them. */
import { defineQuery } from '@temporalio/workflow';

import type { OnboardingInput } from './old-contract.ts';

export const BULK_WORKFLOW_TYPE = 'onboardManySsoConnectors';
export type BulkWorkflow = (input: BulkInput) => Promise<BulkResult>;

const prefix = 'sso-bulk';

/** `key` tells this list of domains from every other: a hash of what was asked for, or the delivery that brought it. */
export function bulkIdFor(accountId: string, key: string): string {
  return `${prefix}/${accountId}/${key}`;
}

/** The other way round; `null` when the id is not one of ours. */
export function parseBulkId(workflowId: string): { accountId: string; key: string } | null {
  const [first, accountId, ...rest] = workflowId.split('/');
  const key = rest.join('/');
  if (first !== prefix || !accountId || key === '') return null;
  return { accountId, key };
}

/**
 * What is asked for, what became of it and the largest message there can be have to fit into Temporal's 2 MB for one
 * payload, together: a run that continues as new hands on all of it.
 */
export const bulkLimits = { rows: 4000, bytes: 500_000, messageBytes: 200 } as const;

export const bulkConcurrency = { standard: 10, most: 50 } as const;

/** One domain, and what is asked for it alone. */
export type BulkRow = Pick<OnboardingInput, (typeof rowFields)[number]>;

/** The columns of a file, by their names in its header. */
export const rowFields = [
  'emailDomain',
  'enablement',
  'dnsProvider',
  'confirmWithinSeconds',
  'useFedrampLanguage',
  'callbackUrl',
] as const satisfies (keyof OnboardingInput)[];

/** What a client sends: at most `bulkLimits.rows` rows and, as JSON, `bulkLimits.bytes` bytes. */
export interface BulkInput {
  /** 32 hexadecimal characters. */
  accountId: string;
  /** Each domain once. */
  rows: BulkRow[];
  /** How many onboardings are under way at a time: 10, and at most 50. */
  concurrency?: number | undefined;
  /** For every row that does not say otherwise. */
  options?: Omit<OnboardingInput, 'accountId' | 'emailDomain'> | undefined;
}

export const rowOutcomes = [
  'enabled',
  /** It was enabled before, so nothing was changed about it. */
  'already-enabled',
  'failed',
  /** Not started: other work on the domain was under way. */
  'refused',
  /** Somebody cancelled its run. */
  'cancelled',
] as const;
export type RowOutcome = (typeof rowOutcomes)[number];

export interface RowReport {
  /** From 0, in the order of the input. */
  row: number;
  emailDomain: string;
  outcome: RowOutcome;
  /** The failure's type, that of the cause where the run was undone; for `refused` why: `other-input`, `being-undone` or `other-workflow`. */
  type: string | null;
  /** Cut to `bulkLimits.messageBytes`; the whole of it is in the status of the domain's own run. */
  message: string | null;
}

export interface BulkCounts extends Record<RowOutcome, number> {
  total: number;
  /** Not started yet. */
  waiting: number;
  underWay: number;
}

/** The answer to the `bulkStatus` query. Times are ISO 8601. */
export interface BulkStatus {
  accountId: string;
  startedAt: string;
  /** What is being done, in a sentence. */
  reason: string;
  counts: BulkCounts;
  underWay: { emailDomain: string; workflowId: string }[];
  /** In the order in which they came to an end, without those that the query left out. */
  finished: RowReport[];
}

export interface BulkResult {
  accountId: string;
  counts: BulkCounts;
  /** In the order of the input. */
  rows: RowReport[];
}

/** Its argument: how many finished rows the client has seen already; they are left out. */
export const bulkStatusQuery = defineQuery<BulkStatus, [seen?: number]>('bulkStatus');
