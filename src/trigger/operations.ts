/** Every operation of the trigger: what it is, who may use it, what goes in and out. Routes and OpenAPI come from here. */
import { z } from 'zod';

import { workflowKinds } from '../contract/names/ids.ts';
import { phases } from '../contract/names/phases.ts';
import { bulkLimits, rowOutcomes } from '../contract/names/vocabulary.ts';
import { approvalStateSchema, confirmationStateSchema } from '../contract/schemas/answers.ts';
import { bulkInputSchema } from '../contract/schemas/bulk.ts';
import type { BulkCounts, RowReport } from '../contract/schemas/bulk.ts';
import { offboardingInputSchema, offboardingResultSchema } from '../contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../contract/schemas/onboarding-input.ts';
import { onboardingResultSchema, onboardingStatusSchema } from '../contract/schemas/onboarding-status.ts';
import type { OnboardingView } from '../client/run-view.ts';
import { exactly } from '../exactly.ts';
import type { BulkView } from '../client/bulk-view.ts';
import type { Action } from './callers.ts';
import type { ProblemStatus } from './http-problem.ts';

export interface Operation {
  id: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** As OpenAPI writes it. */
  path: string;
  /** `null`: anybody may. */
  action: Action | null;
  summary: string;
  body: z.ZodType | null;
  /** Where it is not that of every request. */
  bodyLimitBytes?: number;
  answers: { status: 200 | 202 | 204; description: string; schema: z.ZodType | null }[];
  problems: ProblemStatus[];
}

const time = z.iso.datetime();
const who = z.string().trim().min(1).max(200);
const why = z.string().trim().min(1).max(1000);

const said = {
  reason: why,
  by: who.optional().describe("On whose behalf; without it the caller's own name is recorded"),
  runId: z.string().max(100).optional().describe('The run that is answered, as its call-back told it'),
};
export const approvalSchema = z.strictObject({
  answer: z.enum(['approve', 'reject']),
  ...said,
  story: z
    .enum(workflowKinds)
    .default('onboarding')
    .describe('What is answered: a yes to the one must not be taken for the other'),
});
export const confirmationSchema = z.strictObject(said);

const accepted = z.object({
  accountId: z.string(),
  emailDomain: z.string(),
  workflowId: z.string(),
  /** `again`: this event had been taken before; `joined`: the same was under way. */
  outcome: z.enum(['taken', 'again', 'started', 'joined']),
});
export type Accepted = z.infer<typeof accepted>;

const view = exactly<OnboardingView>()(
  z.object({
    story: z.enum(workflowKinds).nullable(),
    workflowId: z.string(),
    runId: z.string(),
    accountId: z.string(),
    emailDomain: z.string(),
    state: z.string().describe('running, completed, failed, cancelled, terminated …'),
    phase: z.enum(phases).nullable(),
    status: onboardingStatusSchema.nullable().describe('null while no worker answers'),
    pending: z.array(
      z.object({
        activity: z.string(),
        attempt: z.int(),
        nextAttemptAt: time.nullable(),
        lastError: z.string().nullable(),
      }),
    ),
    result: z.union([onboardingResultSchema, offboardingResultSchema]).nullable(),
    failure: z.object({ type: z.string(), message: z.string(), details: z.array(z.unknown()) }).nullable(),
    startedAt: time,
    closedAt: time.nullable(),
  }),
);

const bulkAccepted = z.object({
  accountId: z.string(),
  rows: z.int(),
  workflowId: z.string(),
  /** As with one domain. */
  outcome: z.enum(['taken', 'again', 'started', 'joined']),
});
export type BulkAccepted = z.infer<typeof bulkAccepted>;

const count = z.int();
const bulkCounts = z.object({
  total: count,
  waiting: count.describe('not started yet'),
  underWay: count,
  enabled: count,
  'already-enabled': count,
  failed: count,
  refused: count,
  cancelled: count,
}) satisfies z.ZodType<BulkCounts>;
const rowReport = z.object({
  row: z.int().describe('from 0, in the order of the request'),
  emailDomain: z.string(),
  outcome: z.enum(rowOutcomes),
  type: z.string().nullable(),
  message: z.string().nullable(),
}) satisfies z.ZodType<RowReport>;
const bulkView = z.object({
  workflowId: z.string(),
  accountId: z.string(),
  state: view.shape.state,
  status: z
    .object({
      accountId: z.string(),
      startedAt: time,
      reason: z.string(),
      counts: bulkCounts,
      underWay: z.array(z.object({ emailDomain: z.string(), workflowId: z.string() })),
      finished: z.array(rowReport).describe('in the order in which they came to an end'),
    })
    .nullable()
    .describe('null while no worker answers'),
  failing: view.shape.pending.describe('activities that have failed and are tried again'),
  result: z.object({ accountId: z.string(), counts: bulkCounts, rows: z.array(rowReport) }).nullable(),
  failure: view.shape.failure,
  startedAt: time,
  closedAt: time.nullable(),
}) satisfies z.ZodType<BulkView>;

/** As many rows as there may be, and the white space of whoever writes JSON to be read. */
const bulkBodyLimitBytes = 2 * bulkLimits.bytes;

const onStarting: ProblemStatus[] = [400, 401, 403, 409, 413, 415, 422, 429, 503];
const onReading: ProblemStatus[] = [401, 403, 404, 422, 429, 503];
const onTheWay: ProblemStatus[] = [401, 403, 404, 409, 422, 429, 503];
const onAnswering: ProblemStatus[] = [400, ...onTheWay, 413, 415];

/** How whatever starts something is answered. */
function taken(schema: z.ZodType) {
  return { status: 202, description: 'Temporal has it; Location shows how it goes on', schema } as const;
}

export const operations = [
  {
    id: 'startOnboarding',
    method: 'POST',
    path: '/onboardings',
    action: 'onboard',
    summary: 'Onboard a domain. A signature is enough; with an adapter, any JSON goes in.',
    body: onboardingInputSchema,
    answers: [taken(accepted), { status: 204, description: 'An event that the adapter has no use for', schema: null }],
    problems: onStarting,
  },
  {
    id: 'startOffboarding',
    method: 'POST',
    path: '/offboardings',
    action: 'offboard',
    summary: 'Off-board a domain: disable and delete its connector. A signature is enough, as for onboarding.',
    body: offboardingInputSchema,
    answers: [taken(accepted), { status: 204, description: 'An event that the adapter has no use for', schema: null }],
    problems: onStarting,
  },
  {
    id: 'startBulk',
    method: 'POST',
    path: '/onboardings/bulk',
    action: 'onboard',
    summary:
      `Onboard many domains, a few at a time: at most ${bulkLimits.rows}, and ${bulkLimits.bytes} bytes of JSON. ` +
      'All rows are checked before anything is started. A caller with an adapter may not: it would be gone around.',
    body: bulkInputSchema,
    bodyLimitBytes: bulkBodyLimitBytes,
    answers: [taken(bulkAccepted)],
    problems: onStarting,
  },
  {
    id: 'readBulk',
    method: 'GET',
    path: '/onboardings/bulk/{id}',
    action: 'read',
    summary: 'How many rows have ended, and how each of them did',
    body: null,
    answers: [{ status: 200, description: 'The newest run for the list', schema: bulkView }],
    problems: onReading,
  },
  {
    id: 'readOnboarding',
    method: 'GET',
    path: '/onboardings/{domain}',
    action: 'read',
    summary: 'Where the onboarding or off-boarding stands, and why',
    body: null,
    answers: [{ status: 200, description: 'The newest run for the domain', schema: view }],
    problems: onReading,
  },
  {
    id: 'checkNow',
    method: 'POST',
    path: '/onboardings/{domain}/check-now',
    action: 'check-now',
    summary: 'Look now instead of waiting for the next check',
    body: null,
    answers: [{ status: 202, description: 'It looks', schema: null }],
    problems: onTheWay,
  },
  {
    id: 'answerApproval',
    method: 'POST',
    path: '/onboardings/{domain}/approval',
    action: 'approve',
    summary: 'Say yes or no to enabling it, or to its off-boarding',
    body: approvalSchema,
    answers: [
      { status: 200, description: 'Recorded', schema: approvalStateSchema },
      { status: 202, description: 'Recorded, and not worked on yet', schema: null },
    ],
    problems: onAnswering,
  },
  {
    id: 'confirm',
    method: 'POST',
    path: '/onboardings/{domain}/confirmation',
    action: 'confirm',
    summary: 'Say that somebody could log in',
    body: confirmationSchema,
    answers: [
      { status: 200, description: 'Recorded', schema: confirmationStateSchema },
      { status: 202, description: 'Recorded, and not worked on yet', schema: null },
    ],
    problems: onAnswering,
  },
  {
    id: 'cancelOnboarding',
    method: 'DELETE',
    path: '/onboardings/{domain}',
    action: 'cancel',
    summary: 'Stop it, and take back what it did',
    body: null,
    answers: [{ status: 202, description: 'Its cancellation has been requested', schema: null }],
    problems: onTheWay,
  },
  {
    id: 'readOpenApi',
    method: 'GET',
    path: '/openapi.json',
    action: null,
    summary: 'This description',
    body: null,
    answers: [{ status: 200, description: 'OpenAPI 3.1', schema: null }],
    problems: [429],
  },
] as const satisfies Operation[];
export type OperationId = (typeof operations)[number]['id'];
