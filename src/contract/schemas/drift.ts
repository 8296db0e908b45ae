/** Input and report of `findDrift`, and what it compares. */
import { z } from 'zod';

import { driftKinds, verificationStatuses } from '../names/vocabulary.ts';
import { accountIdSchema, callbackUrl, inputDescription, time } from './fields.ts';

const text = z.string();
const count = z.int();
const emailDomain = text.describe('In normal form');

export const driftInputSchema = z
  .strictObject({
    accountId: accountIdSchema,
    repair: z
      .boolean()
      .describe('Publish TXT values again that an onboarding published and that have disappeared; nothing else changes')
      .default(false),
    callbackUrl: callbackUrl
      .describe(
        "Receives a signed account.drift event when something is found, and once when nothing is found any more; one of the worker's CALLBACK_ORIGINS",
      )
      .optional(),
  })
  .meta({ title: 'Input of the workflow findDrift', description: inputDescription });
/** What a client may send. */
export type DriftInput = z.input<typeof driftInputSchema>;
/** The input with its defaults. */
export type DriftSettings = z.output<typeof driftInputSchema>;

const driftFindingSchema = z.object({
  emailDomain,
  kind: z.enum(driftKinds).describe('What has drifted'),
  detail: text.describe('What was found, in a sentence'),
  remedy: text.describe('What to do about it'),
  repaired: z.boolean().describe('This check repaired it'),
});
export type DriftFinding = z.output<typeof driftFindingSchema>;

const uncheckedDomainSchema = z.object({ emailDomain, reason: text.describe('Why it could not be checked') });
export type UncheckedDomain = z.output<typeof uncheckedDomainSchema>;

/** The counts cover everything; the lists are cut. */
export const driftReportSchema = z
  .object({
    accountId: text.describe('The Cloudflare account'),
    checkedAt: time.describe('When the check began'),
    unreadable: text
      .nullable()
      .describe("Why the account's connectors could not be read, so nothing was compared; null: they were read"),
    domains: count.describe('How many should be enabled: the sum of the next four'),
    healthy: count.describe('Without a finding'),
    drifted: count.describe('With at least one finding'),
    undetermined: count.describe('Not fully checked, and without a finding'),
    inProgress: count.describe('Being onboarded or off-boarded during the check, and left to the next one'),
    counts: z.record(z.enum(driftKinds), count).describe('Findings of each kind'),
    repaired: count.describe('Findings that this check repaired'),
    findings: z.array(driftFindingSchema).describe('What was found'),
    findingsCut: count.describe('Findings left out of the list'),
    unchecked: z.array(uncheckedDomainSchema).describe('What could not be checked'),
    uncheckedCut: count.describe('Domains left out of this list'),
  })
  .meta({ title: 'Result of the workflow findDrift', description: 'Later versions may add fields.' });
export type DriftReport = z.output<typeof driftReportSchema>;

/** What a record says, as far as it is compared with the account's connectors. */
export interface RecordedDomain {
  emailDomain: string;
  connectorId: string;
  /** Whether the record has a TXT value that DNS can be asked for. */
  hasTxt: boolean;
}

const listedConnectorSchema = z.object({
  id: text,
  emailDomain,
  enabled: z.boolean(),
  verificationStatus: z.enum(verificationStatuses),
});
/** A connector of the account, without the fields that are not compared: there may be thousands. */
export type ListedConnector = z.output<typeof listedConnectorSchema>;
