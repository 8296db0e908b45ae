/**
 * The record of a domain: that its connector should be enabled, and which TXT value belongs to it. Kept in the memo of an
 * open `keepConnectorRecord` run until the domain is off-boarded.
 */
import { z } from 'zod';

import { publishingZoneSchema, txtRecordSchema } from './dns.ts';
import { domainOutputFields, time } from './fields.ts';

const recordedTxtSchema = z.object({
  record: txtRecordSchema,
  shown: publishingZoneSchema.nullable().describe('The zone as DNS showed it; null: DNS was not asked'),
  runId: z.string().describe('The first run id of the onboarding that published the value; some providers mark it'),
});
export type RecordedTxt = z.output<typeof recordedTxtSchema>;

export const connectorRecordSchema = z.object({
  ...domainOutputFields,
  connectorId: z.string().describe("Cloudflare's id"),
  shouldBeEnabled: z
    .boolean()
    .describe('false: nobody confirmed, so the connector was disabled again; connector and value were kept'),
  enabledAt: time.describe('When a run enabled the connector, or found it enabled'),
  txt: recordedTxtSchema
    .nullable()
    .describe('The value that verified the connector; null: the connector was there before, and no value is known'),
});
export type ConnectorRecord = z.output<typeof connectorRecordSchema>;
