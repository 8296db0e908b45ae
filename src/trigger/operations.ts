/** Every operation of the trigger. `scripts/openapi` describes each, and docs/openapi.json has both. */
import type { z } from 'zod';

import { bulkLimits } from '../contract/names/vocabulary.ts';
import type { Action } from './callers.ts';
import { domainsQuerySchema } from './schemas.ts';

export interface Operation {
  id: string;
  method: 'GET' | 'POST';
  /** As OpenAPI writes it. */
  path: string;
  /** `sender`: a signed event of the sender that the address names; else what a bearer must be allowed to do. */
  access: 'anybody' | 'sender' | Action;
  query?: z.ZodObject;
  /** Left out: that of every request. */
  bodyLimitBytes?: number;
}

const domains = '/v1/accounts/{account}/domains';
const domain = `${domains}/{domain}` as const;
const run = `${domain}/runs/{runId}` as const;
const bulks = '/v1/accounts/{account}/bulks';

/** As many rows as there may be, with whitespace between them. */
const bulkBodyLimitBytes = 2 * bulkLimits.bytes;

export const operations = [
  { id: 'sendEvent', method: 'POST', path: '/v1/events/{caller}', access: 'sender' },
  { id: 'listDomains', method: 'GET', path: domains, access: 'read', query: domainsQuerySchema },
  { id: 'readDomain', method: 'GET', path: domain, access: 'read' },
  { id: 'startOnboarding', method: 'POST', path: `${domain}/onboarding`, access: 'onboard' },
  { id: 'startOffboarding', method: 'POST', path: `${domain}/offboarding`, access: 'offboard' },
  { id: 'readRun', method: 'GET', path: run, access: 'read' },
  { id: 'answerApproval', method: 'POST', path: `${run}/approval`, access: 'approve' },
  { id: 'confirmSignIn', method: 'POST', path: `${run}/confirmation`, access: 'confirm' },
  { id: 'requestCheck', method: 'POST', path: `${run}/check`, access: 'check' },
  { id: 'requestCancellation', method: 'POST', path: `${run}/cancellation`, access: 'cancel' },
  { id: 'startBulk', method: 'POST', path: bulks, access: 'onboard', bodyLimitBytes: bulkBodyLimitBytes },
  { id: 'readBulk', method: 'GET', path: `${bulks}/{id}`, access: 'read' },
  { id: 'readOpenApi', method: 'GET', path: '/v1/openapi.json', access: 'anybody' },
] as const satisfies Operation[];
export type OperationId = (typeof operations)[number]['id'];
