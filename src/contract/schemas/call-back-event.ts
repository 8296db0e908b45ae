/** The body of a call-back, in the form of Standard Webhooks: https://www.standardwebhooks.com */
import { z } from 'zod';

import { workflowKinds } from '../names/ids.ts';
import { phases } from '../names/phases.ts';
import { domainEventTypes } from '../names/vocabulary.ts';
import { approvalStateSchema, confirmationStateSchema } from './answers.ts';
import { driftReportSchema } from './drift.ts';
import { domainOutputFields, time } from './fields.ts';
import { offboardingResultSchema } from './offboarding.ts';
import { onboardingResultSchema } from './onboarding-status.ts';

const text = z.string();
const timestamp = time.describe('When it happened');

const failureSchema = z.object({ type: text.describe('The failure type'), message: text.describe('The message') });

const domainEventSchema = z.object({
  type: z.enum(domainEventTypes).describe('What happened'),
  timestamp,
  data: z
    .object({
      kind: z.enum(workflowKinds).describe('The workflow'),
      runId: text
        .nullable()
        .describe('The run; an answer names it so that it can answer no other run; null: no run was started'),
      ...domainOutputFields,
      phase: z.enum(phases).nullable().describe('The phase of the run; null: no run was started'),
      reason: text.describe('Why the run is in this phase, in a sentence'),
      approval: approvalStateSchema.nullable().describe('null: approval has not been requested'),
      confirmation: confirmationStateSchema.nullable().describe('null: confirmation has not been requested'),
      txtRecord: z
        .object({ name: text.describe('The owner name'), value: text.describe('The TXT value') })
        .nullable()
        .describe('The value to add or remove; null: none'),
      result: z
        .union([onboardingResultSchema, offboardingResultSchema])
        .nullable()
        .describe('null: the run has not completed'),
      failure: failureSchema.nullable().describe('null: the run has not failed'),
    })
    .describe('The state of the run'),
});
export type DomainEvent = z.output<typeof domainEventSchema>;

const driftEventSchema = z.object({
  type: z.literal('account.drift').describe('A drift check found something; or, once, nothing any more'),
  timestamp,
  data: driftReportSchema.describe("The report, with shorter lists than the run's result"),
});

export const callBackEventSchema = z.union([domainEventSchema, driftEventSchema]).meta({
  title: 'Body of a call-back',
  description:
    'Signed as Standard Webhooks describes; webhook-id is the same at every attempt. Later versions may add fields and types.',
});
export type CallBackEvent = z.output<typeof callBackEventSchema>;

/** How a run ended. */
export type CallBackOutcome = Partial<Pick<DomainEvent['data'], 'result' | 'failure'>>;
