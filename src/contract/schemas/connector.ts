/** A connector as Cloudflare reports it. */
import { z } from 'zod';

import { verificationStatuses } from '../names/vocabulary.ts';
import { time } from './fields.ts';

export const connectorSchema = z.object({
  id: z.string().describe("Cloudflare's id"),
  emailDomain: z.string().describe('As Cloudflare reports it'),
  enabled: z.boolean().describe('Whether the domain signs in through it'),
  useFedrampLanguage: z.boolean().describe("The connector's use_fedramp_language"),
  verificationCode: z.string().describe('The whole TXT value to publish'),
  verificationStatus: z.enum(verificationStatuses).describe("Cloudflare's verification status"),
  createdAt: z.iso.datetime({ offset: true }).nullable().describe('null: Cloudflare does not say'),
});
export type Connector = z.output<typeof connectorSchema>;

/** The domain's connectors at one time. */
export const connectorsReadSchema = z.object({
  connectors: z.array(connectorSchema).describe("The domain's connectors"),
  readAt: time.describe('When they were read'),
});
export type ConnectorsRead = z.output<typeof connectorsReadSchema>;
