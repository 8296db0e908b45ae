/** Queries, bodies and answers of the operations, made from the contract's schemas. */
import { z } from 'zod';

import { bulkViewSchema } from '../client/bulk-view.ts';
import { listedRunSchema } from '../client/list-domains.ts';
import { runViewSchema } from '../client/run-view.ts';
import { workflowKinds } from '../contract/names/ids.ts';
import { phases } from '../contract/names/phases.ts';
import { bulkInputSchema } from '../contract/schemas/bulk.ts';
import { domainOutputFields } from '../contract/schemas/fields.ts';
import { offboardingInputSchema } from '../contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../contract/schemas/onboarding-input.ts';

const text = z.string();

/** The address gives the account and the domain. */
const givenByAddress = { accountId: true, emailDomain: true } as const;
export const onboardingBodySchema = onboardingInputSchema.omit(givenByAddress);
export const offboardingBodySchema = offboardingInputSchema.omit(givenByAddress);
export const bulkBodySchema = bulkInputSchema.omit({ accountId: true });

const answerFields = {
  reason: z.string().trim().min(1).max(1000).describe('Why; recorded with the answer'),
  by: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe("Who answers, if not the caller itself; recorded together with the caller's name"),
};
export const approvalBodySchema = z.strictObject({
  decision: z.enum(['approve', 'reject']).describe('approve: the change goes ahead; reject: the run stops'),
  ...answerFields,
});
export const confirmationBodySchema = z.strictObject(answerFields);

export const domainsQuerySchema = z.strictObject({
  phase: z.enum(phases).optional().describe('Only runs in this phase, or that ended in it'),
  waiting: z
    .literal('true')
    .optional()
    .describe('Only running runs that wait for approval or confirmation by a person'),
  cursor: z.string().optional().describe('nextCursor of the previous page, with the same phase and waiting'),
});

const run = {
  ...domainOutputFields,
  kind: z.enum(workflowKinds).describe('The workflow'),
  workflowId: runViewSchema.shape.workflowId,
};
export const runStartedSchema = z.object({
  ...run,
  runId: text.describe('The first run of its chain'),
  outcome: z.enum(['started', 'joined']).describe('joined: a run with the same input was in progress'),
});
export const eventAcceptedSchema = z.object({
  ...run,
  runId: text.nullable().describe('The first run of its chain; null: none has been started yet'),
  outcome: z.enum(['accepted', 'duplicate']).describe('duplicate: this event was accepted before'),
});
export const bulkStartedSchema = z.object({
  accountId: domainOutputFields.accountId,
  workflowId: bulkViewSchema.shape.workflowId,
  rows: z.int().describe('How many rows the list has'),
  outcome: z.enum(['started', 'joined']).describe('joined: a run for the same list was in progress'),
});
export const domainsSchema = z.object({
  runs: z.array(listedRunSchema).describe('Newest first'),
  nextCursor: text.nullable().describe('The cursor of the next page; null: this is the last page'),
});

export type RunStarted = z.output<typeof runStartedSchema>;
export type EventAccepted = z.output<typeof eventAcceptedSchema>;
export type BulkStartedBody = z.output<typeof bulkStartedSchema>;
export type Domains = z.output<typeof domainsSchema>;
