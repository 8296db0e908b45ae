/** Input, status and result of `offboardSsoConnector`. Times are ISO 8601. */
import { z } from 'zod';

import { offboardingPhases } from '../names/phases.ts';
import { disablements, offboardingStepKinds } from '../names/vocabulary.ts';
import { connectorSchema } from './connector.ts';
import { domainFields, domainOutputFields, inputDescription } from './fields.ts';
import { statusFields } from './onboarding-status.ts';
import { undoCauseSchema } from './undo.ts';

const text = z.string();

export const offboardingInputSchema = z
  .strictObject({
    ...domainFields,
    disablement: z
      .enum(disablements)
      .describe('Whether a person has to approve before the connector is disabled')
      .default('automatic'),
  })
  .meta({ title: 'Input of the workflow offboardSsoConnector', description: inputDescription });

/** What a client may send. */
export type OffboardingInput = z.input<typeof offboardingInputSchema>;
/** The input with its defaults: what a run works with. */
export type OffboardingSettings = z.output<typeof offboardingInputSchema>;

const offboardingStepSchema = z.object({
  kind: z.enum(offboardingStepKinds).describe('The step'),
  target: text.describe("The connector's id, or the owner name of the TXT value"),
  state: z.enum(['to-do', 'done', 'left']).describe('left: the connector or value stays'),
  note: text.nullable().describe('What was found, or why the connector or value stays'),
});
export type OffboardingStep = z.output<typeof offboardingStepSchema>;

export const offboardingStatusSchema = z
  .object({
    kind: z.literal('offboarding').describe('The workflow'),
    ...statusFields(offboardingPhases),
    connector: connectorSchema.nullable().describe('The connector as last read, the enabled one first; null: none'),
    steps: z.array(offboardingStepSchema).nullable().describe('What there is to do, in order; null: not known yet'),
  })
  .meta({
    title: 'Answer to the query status of an off-boarding',
    description: 'The whole state of a run. Times are ISO 8601. Later versions may add fields.',
  });
export type OffboardingStatus = z.output<typeof offboardingStatusSchema>;

const reportFields = {
  done: z.array(text).describe('What was done, in words; empty: there was nothing to do'),
  left: z.array(text).describe('What stays, and why'),
};

export const offboardingResultSchema = z
  .object({ emailDomain: domainOutputFields.emailDomain, ...reportFields })
  .meta({ title: 'Result of the workflow offboardSsoConnector', description: 'Later versions may add fields.' });
export type OffboardingResult = z.output<typeof offboardingResultSchema>;
export type OffboardingReport = Pick<OffboardingResult, 'done' | 'left'>;

export const offboardingStopSchema = z
  .object({ cause: undoCauseSchema.describe('Why the run stopped'), ...reportFields })
  .meta({
    title: 'Details of the failure OffboardingIncomplete',
    description: 'The first element of the failure details. Later versions may add fields.',
  });
export type OffboardingStop = z.output<typeof offboardingStopSchema>;
