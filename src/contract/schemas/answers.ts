/** Approval and confirmation: what a person sends, and what a run knows of it. */
import { z } from 'zod';

import { time } from './fields.ts';

const by = z.string().describe('Who');
const reason = z.string().describe('Why');

/** Who decided, and why. */
export const decisionSchema = z.object({ by, reason });
export type Decision = z.output<typeof decisionSchema>;

/** The argument of every update. */
const answerSchema = decisionSchema.extend({
  notAfter: time
    .optional()
    .describe('The run rejects the answer after this time: its sender has been told that it was not recorded'),
  runId: z
    .string()
    .optional()
    .describe('The first run of the chain that is answered, as events give it; left out: whichever run waits'),
});
export type Answer = z.output<typeof answerSchema>;

export const approvalStateSchema = z.object({
  requestedAt: time.describe('When approval was requested'),
  nextReminderAt: time.nullable().describe('null: no more reminders'),
  reminders: z.int().describe('Reminders sent'),
  expiresAt: time.describe('Without an answer by then the change is rejected'),
  answer: decisionSchema
    .extend({ kind: z.enum(['approved', 'rejected']).describe('The answer'), at: time.describe('When') })
    .nullable()
    .describe('null: nobody has answered'),
});
export type ApprovalState = z.output<typeof approvalStateSchema>;

export const confirmationStateSchema = z.object({
  until: time.describe(
    'When a worker disables the connector again unless somebody confirms; nothing happens while no worker runs',
  ),
  confirmed: decisionSchema
    .extend({ at: time.describe('When') })
    .nullable()
    .describe('null: nobody has confirmed'),
});
export type ConfirmationState = z.output<typeof confirmationStateSchema>;
