/** The status and the result of `onboardSsoConnector`. Times are ISO 8601. */
import { z } from 'zod';

import { onboardingPhases } from '../names/phases.ts';
import { approvalStateSchema, confirmationStateSchema } from './answers.ts';
import { connectorSchema, connectorsReadSchema } from './connector.ts';
import {
  cacheEstimateSchema,
  chosenProviderSchema,
  dnsEvidenceSchema,
  publishingZoneSchema,
  txtRecordSchema,
} from './dns.ts';
import { domainOutputFields, time } from './fields.ts';
import { undoStateSchema } from './undo.ts';

const text = z.string();

/** The status fields of both workflows of a domain. */
export function statusFields<const Phases extends readonly [string, ...string[]]>(phases: Phases) {
  const phase = z.enum(phases);
  return {
    ...domainOutputFields,
    phase: phase.describe('The current phase'),
    reason: text.describe('Why the run is in this phase, in a sentence'),
    nextCheckAt: time.nullable().describe('When the run goes on by itself; null: it is not waiting'),
    startedAt: time.describe('When the run started'),
    deadlineAt: time.nullable().describe('When the run gives up; null: the input has not been checked yet'),
    timeline: z
      .array(z.object({ phase: phase.describe('The phase'), enteredAt: time.describe('When it was entered') }))
      .describe('Every phase entered so far, in order'),
    txtRecord: txtRecordSchema.nullable().describe('The TXT value that belongs to the connector; null: none yet'),
    approval: approvalStateSchema.nullable().describe('null: approval has not been requested'),
  };
}

export const onboardingStatusSchema = z
  .object({
    kind: z.literal('onboarding').describe('The workflow'),
    ...statusFields(onboardingPhases),
    zone: publishingZoneSchema.nullable().describe('Where the value belongs; null: not known'),
    provider: chosenProviderSchema.nullable().describe('Who publishes the value; null: not chosen yet'),
    caches: cacheEstimateSchema
      .extend({ expectedEverywhereAt: time.nullable().describe('An estimate; null: not on all servers yet') })
      .nullable()
      .describe('How long caches may hide the value; nothing waits for it'),
    connectorsBefore: connectorsReadSchema
      .nullable()
      .describe("The domain's connectors before the run wrote anything; null: not read yet"),
    connector: connectorSchema
      .extend({ origin: z.enum(['created', 'adopted']).describe('adopted: it was there before the run') })
      .nullable()
      .describe('The connector as last read; null: none yet'),
    evidence: dnsEvidenceSchema.nullable().describe('The latest answers of the name servers; null: none yet'),
    verification: z
      .object({
        checks: z.int().describe('How often the connector was read while waiting for verification'),
        restarts: z.int().describe('How often verification was begun again after Cloudflare reported failed'),
        republished: z.int().describe('How often the TXT value had disappeared and was published again'),
        begunAt: time.nullable().describe('When verification was begun'),
        verifiedAt: time.nullable().describe('When the connector was read as verified'),
      })
      .describe("Cloudflare's verification"),
    confirmation: confirmationStateSchema.nullable().describe('null: confirmation has not been requested'),
    enabledAt: time.nullable().describe('When this run enabled the connector'),
    undo: undoStateSchema.describe('What the undo reverses, and what it has reversed'),
  })
  .meta({
    title: 'Answer to the query status of an onboarding',
    description: 'The whole state of a run. Times are ISO 8601. Later versions may add fields.',
  });
export type OnboardingStatus = z.output<typeof onboardingStatusSchema>;

export const onboardingResultSchema = z
  .object({
    connectorId: text.describe("Cloudflare's id of the connector"),
    emailDomain: domainOutputFields.emailDomain,
    enabled: z.literal(true).describe('Always true: a run that does not enable the connector fails'),
    alreadyEnabled: z.boolean().describe('The connector was enabled before, and the run changed nothing about it'),
    txtRecord: txtRecordSchema
      .nullable()
      .describe('null: the connector was verified before, so no TXT value was needed'),
    verifiedAt: time.nullable().describe('null: the connector was verified before'),
    enabledAt: time.nullable().describe('null: the connector was enabled before'),
  })
  .meta({
    title: 'Result of the workflow onboardSsoConnector',
    description: 'Times are ISO 8601. Later versions may add fields.',
  });
export type OnboardingResult = z.output<typeof onboardingResultSchema>;
