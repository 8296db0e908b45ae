/** Every operation of the trigger. The routes and the OpenAPI description are made from this table. */
import { z } from 'zod';

import { bulkViewSchema } from '../client/bulk-view.ts';
import { runViewSchema } from '../client/run-view.ts';
import { bulkLimits } from '../contract/names/vocabulary.ts';
import { approvalStateSchema, confirmationStateSchema } from '../contract/schemas/answers.ts';
import { offboardingInputSchema } from '../contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../contract/schemas/onboarding-input.ts';
import type { Action } from './callers.ts';
import type { ProblemStatus } from './http-problem.ts';
import {
  approvalBodySchema,
  bulkBodySchema,
  bulkStartedSchema,
  confirmationBodySchema,
  domainsQuerySchema,
  domainsSchema,
  eventAcceptedSchema,
  offboardingBodySchema,
  onboardingBodySchema,
  runStartedSchema,
} from './schemas.ts';
import { statuses } from './statuses.ts';
import type { SuccessStatus } from './statuses.ts';

export interface Operation {
  id: string;
  method: 'GET' | 'POST';
  /** As OpenAPI writes it. */
  path: string;
  tag: Tag;
  /** `sender`: a signed event of the sender that the address names; else what a bearer must be allowed to do. */
  access: 'anybody' | 'sender' | Action;
  summary: string;
  description?: string;
  query?: z.ZodObject;
  /** The body is one of these; left out: there is none. */
  bodies?: readonly z.ZodType[];
  /** Left out: that of every request. */
  bodyLimitBytes?: number;
  answers: readonly OperationAnswer[];
  /** Those of this operation alone; `problemsOf` adds the others. */
  problems: readonly ProblemStatus[];
}

export interface OperationAnswer {
  status: SuccessStatus;
  description: string;
  schema?: z.ZodType;
  /** Whether the header Location gives the address of the run. */
  hasLocation?: true;
}

export const tags = {
  Events: 'Signed events of other systems',
  Domains: "An account's domains, and starting a run",
  Runs: 'One run of a domain, which an answer or a request is bound to',
  Bulks: 'Many domains at once',
  Description: 'This description',
} as const;
type Tag = keyof typeof tags;

const domains = '/v1/accounts/{account}/domains';
const domain = `${domains}/{domain}` as const;
const run = `${domain}/runs/{runId}` as const;
const bulks = '/v1/accounts/{account}/bulks';

/** As many rows as there may be, with white space between them. */
const bulkBodyLimitBytes = 2 * bulkLimits.bytes;

function startAnswers(schema: z.ZodType) {
  return [
    { status: statuses.started, description: 'Started', schema, hasLocation: true },
    { status: statuses.joined, description: 'A run with the same input is in progress', schema, hasLocation: true },
  ] as const;
}
const inProgress = { status: 202, description: 'Recorded; a worker has not finished with it' } as const;

export const operations = [
  {
    id: 'sendEvent',
    method: 'POST',
    path: '/v1/events/{caller}',
    tag: 'Events',
    access: 'sender',
    summary: 'Start the run that an event asks for',
    description:
      'The body is the input of an onboarding or an off-boarding, as the entry of the sender in the callers file says: the ' +
      'signature does not cover the address. An adapter of the sender turns any other JSON into the input. ' +
      'An event is accepted once for each webhook-id, as long as the namespace keeps runs that have ended.',
    bodies: [onboardingInputSchema, offboardingInputSchema, z.looseObject({})],
    answers: [
      {
        status: 202,
        description: 'Accepted, now or before. Location: the run, or the domain if none has been started yet',
        schema: eventAcceptedSchema,
        hasLocation: true,
      },
      { status: 204, description: 'The adapter drops this event' },
    ],
    problems: [409],
  },
  {
    id: 'listDomains',
    method: 'GET',
    path: domains,
    tag: 'Domains',
    access: 'read',
    summary: "List the runs of the account's domains, newest first",
    description:
      "From the server's index, which is eventually consistent: a run appears once a worker has begun it, and its phase " +
      'may be a moment old.',
    query: domainsQuerySchema,
    answers: [{ status: 200, description: 'One page', schema: domainsSchema }],
    problems: [],
  },
  {
    id: 'readDomain',
    method: 'GET',
    path: domain,
    tag: 'Domains',
    access: 'read',
    summary: 'Read the newest run of a domain',
    answers: [{ status: 200, description: 'The run', schema: runViewSchema }],
    problems: [404],
  },
  {
    id: 'startOnboarding',
    method: 'POST',
    path: `${domain}/onboarding`,
    tag: 'Domains',
    access: 'onboard',
    summary: 'Onboard a domain, or join the run with the same input',
    bodies: [onboardingBodySchema],
    answers: startAnswers(runStartedSchema),
    problems: [409],
  },
  {
    id: 'startOffboarding',
    method: 'POST',
    path: `${domain}/offboarding`,
    tag: 'Domains',
    access: 'offboard',
    summary: 'Off-board a domain, or join the run with the same input',
    description: 'Disables and deletes the connector, and removes the TXT value if an onboarding published it.',
    bodies: [offboardingBodySchema],
    answers: startAnswers(runStartedSchema),
    problems: [409],
  },
  {
    id: 'readRun',
    method: 'GET',
    path: run,
    tag: 'Runs',
    access: 'read',
    summary: 'Read a run',
    answers: [{ status: 200, description: 'The run', schema: runViewSchema }],
    problems: [404],
  },
  {
    id: 'answerApproval',
    method: 'POST',
    path: `${run}/approval`,
    tag: 'Runs',
    access: 'approve',
    summary: 'Approve or reject what the run is about to do',
    bodies: [approvalBodySchema],
    answers: [{ status: 200, description: 'Recorded', schema: approvalStateSchema }, inProgress],
    problems: [404, 409],
  },
  {
    id: 'confirmSignIn',
    method: 'POST',
    path: `${run}/confirmation`,
    tag: 'Runs',
    access: 'confirm',
    summary: 'Confirm that somebody could sign in through the connector',
    bodies: [confirmationBodySchema],
    answers: [{ status: 200, description: 'Recorded', schema: confirmationStateSchema }, inProgress],
    problems: [404, 409],
  },
  {
    id: 'requestCheck',
    method: 'POST',
    path: `${run}/check`,
    tag: 'Runs',
    access: 'check',
    summary: 'Check now instead of at the next time',
    answers: [{ status: 202, description: 'Requested' }],
    problems: [404, 409],
  },
  {
    id: 'requestCancellation',
    method: 'POST',
    path: `${run}/cancellation`,
    tag: 'Runs',
    access: 'cancel',
    summary: 'Cancel a run',
    description: 'An onboarding undoes what it has done; an off-boarding stops.',
    answers: [{ status: 202, description: 'Requested' }],
    problems: [404, 409],
  },
  {
    id: 'startBulk',
    method: 'POST',
    path: bulks,
    tag: 'Bulks',
    access: 'onboard',
    summary: 'Onboard many domains, or join the run for the same list',
    description:
      `At most ${bulkLimits.rows} rows, and ${bulkLimits.bytes} bytes of JSON without white space. ` +
      'Every row is checked before anything is started.',
    bodies: [bulkBodySchema],
    bodyLimitBytes: bulkBodyLimitBytes,
    answers: startAnswers(bulkStartedSchema),
    problems: [],
  },
  {
    id: 'readBulk',
    method: 'GET',
    path: `${bulks}/{id}`,
    tag: 'Bulks',
    access: 'read',
    summary: 'Read the newest bulk run for a list',
    answers: [{ status: 200, description: 'The run, and the outcome of each row', schema: bulkViewSchema }],
    problems: [404],
  },
  {
    id: 'readOpenApi',
    method: 'GET',
    path: '/v1/openapi.json',
    tag: 'Description',
    access: 'anybody',
    summary: 'Read the OpenAPI description',
    answers: [{ status: 200, description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) }],
    problems: [],
  },
] as const satisfies Operation[];
export type OperationId = (typeof operations)[number]['id'];

/** Every problem that an operation can answer with, in order. */
export function problemsOf({ access, bodies, problems }: Operation): ProblemStatus[] {
  const everywhere: ProblemStatus[] = [405, 422, 429];
  const authenticated: ProblemStatus[] = access === 'anybody' ? [] : [401, 403, 503];
  const withBody: ProblemStatus[] = bodies === undefined ? [] : [400, 413, 415];
  return [...new Set([...everywhere, ...authenticated, ...withBody, ...problems])].toSorted((one, two) => one - two);
}
