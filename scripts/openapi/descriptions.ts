/** What the OpenAPI description says of each operation. A missing one is a compile error. */
import { z } from 'zod';

import { bulkViewSchema } from '../../src/client/bulk-view.ts';
import { runViewSchema } from '../../src/client/run-view.ts';
import { bulkLimits } from '../../src/contract/names/vocabulary.ts';
import { approvalStateSchema, confirmationStateSchema } from '../../src/contract/schemas/answers.ts';
import { offboardingInputSchema } from '../../src/contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../../src/contract/schemas/onboarding-input.ts';
import type { ProblemStatus } from '../../src/trigger/http-problem.ts';
import type { Operation, OperationId } from '../../src/trigger/operations.ts';
import {
  approvalBodySchema,
  bulkBodySchema,
  bulkStartedSchema,
  confirmationBodySchema,
  domainsSchema,
  eventAcceptedSchema,
  offboardingBodySchema,
  onboardingBodySchema,
  runStartedSchema,
} from '../../src/trigger/schemas.ts';
import { statuses } from '../../src/trigger/statuses.ts';
import type { SuccessStatus } from '../../src/trigger/statuses.ts';

export interface OperationDescription {
  tag: Tag;
  summary: string;
  description?: string;
  /** The body is one of these; left out: there is none. */
  bodies?: readonly z.ZodType[];
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

function startAnswers(schema: z.ZodType) {
  return [
    { status: statuses.started, description: 'Started', schema, hasLocation: true },
    { status: statuses.joined, description: 'A run with the same input is in progress', schema, hasLocation: true },
  ] as const;
}
const inProgress = { status: 202, description: 'Recorded; a worker has not finished with it' } as const;

export const descriptions: Record<OperationId, OperationDescription> = {
  sendEvent: {
    tag: 'Events',
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
  listDomains: {
    tag: 'Domains',
    summary: "List the runs of the account's domains, newest first",
    description:
      "From the server's index, which is eventually consistent: a run appears once a worker has begun it, and its phase " +
      'may be a moment old.',
    answers: [{ status: 200, description: 'One page', schema: domainsSchema }],
    problems: [],
  },
  readDomain: {
    tag: 'Domains',
    summary: 'Read the newest run of a domain',
    answers: [{ status: 200, description: 'The run', schema: runViewSchema }],
    problems: [404],
  },
  startOnboarding: {
    tag: 'Domains',
    summary: 'Onboard a domain, or join the run with the same input',
    bodies: [onboardingBodySchema],
    answers: startAnswers(runStartedSchema),
    problems: [409],
  },
  startOffboarding: {
    tag: 'Domains',
    summary: 'Off-board a domain, or join the run with the same input',
    description: 'Disables and deletes the connector, and removes the TXT value if an onboarding published it.',
    bodies: [offboardingBodySchema],
    answers: startAnswers(runStartedSchema),
    problems: [409],
  },
  readRun: {
    tag: 'Runs',
    summary: 'Read a run',
    answers: [{ status: 200, description: 'The run', schema: runViewSchema }],
    problems: [404],
  },
  answerApproval: {
    tag: 'Runs',
    summary: 'Approve or reject what the run is about to do',
    bodies: [approvalBodySchema],
    answers: [{ status: 200, description: 'Recorded', schema: approvalStateSchema }, inProgress],
    problems: [404, 409],
  },
  confirmSignIn: {
    tag: 'Runs',
    summary: 'Confirm that somebody could sign in through the connector',
    bodies: [confirmationBodySchema],
    answers: [{ status: 200, description: 'Recorded', schema: confirmationStateSchema }, inProgress],
    problems: [404, 409],
  },
  requestCheck: {
    tag: 'Runs',
    summary: 'Check now instead of at the next time',
    answers: [{ status: 202, description: 'Requested' }],
    problems: [404, 409],
  },
  requestCancellation: {
    tag: 'Runs',
    summary: 'Cancel a run',
    description: 'An onboarding undoes what it has done; an off-boarding stops.',
    answers: [{ status: 202, description: 'Requested' }],
    problems: [404, 409],
  },
  startBulk: {
    tag: 'Bulks',
    summary: 'Onboard many domains, or join the run for the same list',
    description:
      `At most ${bulkLimits.rows} rows, and ${bulkLimits.bytes} bytes of JSON without whitespace. ` +
      'Every row is checked before anything is started.',
    bodies: [bulkBodySchema],
    answers: startAnswers(bulkStartedSchema),
    problems: [],
  },
  readBulk: {
    tag: 'Bulks',
    summary: 'Read the newest bulk run for a list',
    answers: [{ status: 200, description: 'The run, and the outcome of each row', schema: bulkViewSchema }],
    problems: [404],
  },
  readOpenApi: {
    tag: 'Description',
    summary: 'Read the OpenAPI description',
    answers: [{ status: 200, description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) }],
    problems: [],
  },
};

/** Every problem that an operation can answer with, in order. */
export function problemsOf({ access }: Operation, { bodies, problems }: OperationDescription): ProblemStatus[] {
  const everywhere: ProblemStatus[] = [405, 422, 429];
  const authenticated: ProblemStatus[] = access === 'anybody' ? [] : [401, 403, 503];
  const withBody: ProblemStatus[] = bodies === undefined ? [] : [400, 413, 415];
  return [...new Set([...everywhere, ...authenticated, ...withBody, ...problems])].toSorted((one, two) => one - two);
}
