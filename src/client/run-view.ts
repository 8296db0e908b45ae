/** What is known of a domain's run: from a worker's answer to a query, and without a worker from the server alone. */
import { isGrpcServiceError, WorkflowFailedError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';

import { statusQuery } from '../contract/handlers.ts';
import type { DomainResult } from '../contract/handlers.ts';
import { parseWorkflowId, phaseAttribute, workflowKindOf, workflowKinds } from '../contract/names/ids.ts';
import { phases } from '../contract/names/phases.ts';
import type { Phase } from '../contract/names/phases.ts';
import { domainOutputFields, time } from '../contract/schemas/fields.ts';
import { offboardingResultSchema, offboardingStatusSchema } from '../contract/schemas/offboarding.ts';
import { onboardingResultSchema, onboardingStatusSchema } from '../contract/schemas/onboarding-status.ts';
import { describeRun, findNewestOfChain, firstRunIdOf } from './find-runs.ts';
import type { RunTarget } from './find-runs.ts';

const text = z.string();

export const pendingActivitySchema = z.object({
  activity: text.describe('The activity type'),
  attempt: z.int().describe('From 1'),
  nextAttemptAt: time.nullable().describe('null: an attempt is in progress'),
  lastError: text.nullable().describe('Why the previous attempt failed'),
});
export type PendingActivity = z.output<typeof pendingActivitySchema>;

export const runFailureSchema = z.object({
  type: text.describe('The failure type'),
  message: text.describe('The failure message'),
  details: z.array(z.unknown()).describe('Depend on the type'),
});

export const runViewSchema = z.object({
  kind: z.enum(workflowKinds).nullable().describe('The workflow; null: another workflow type'),
  workflowId: text.describe('The workflow id of the domain'),
  runId: text.describe('The first run of its chain; an answer names it'),
  ...domainOutputFields,
  state: text.describe("Temporal's state of the run: running, completed, failed, cancelled, terminated …"),
  phase: z.enum(phases).nullable().describe('null: the run has not reported one'),
  status: z
    .discriminatedUnion('kind', [onboardingStatusSchema, offboardingStatusSchema])
    .nullable()
    .describe('null: no worker answered in time'),
  pending: z.array(pendingActivitySchema).describe('Activities that are not done yet'),
  result: z
    .union([onboardingResultSchema, offboardingResultSchema])
    .nullable()
    .describe('null: the run has not completed'),
  failure: runFailureSchema.nullable().describe('null: the run has not failed'),
  startedAt: time.describe('When the run started'),
  closedAt: time.nullable().describe('null: the run is running'),
});
export type RunView = z.output<typeof runViewSchema>;

/** A worker that has not answered a query by then is considered down. */
const queryTimeoutMilliseconds = 3000;

/** `null`: there is no such run. */
export async function viewRun(client: Client, { workflowId, runId }: RunTarget): Promise<RunView | null> {
  const description =
    runId === undefined ? await describeRun(client, workflowId) : await findNewestOfChain(client, workflowId, runId);
  if (description === null) return null;
  const handle = client.workflow.getHandle<() => Promise<DomainResult>>(workflowId, description.runId);
  const [status, outcome] = await Promise.all([
    answerOrNull(client, async () => await handle.query(statusQuery)),
    description.status.name === 'RUNNING' ? { result: null, failure: null } : readOutcome(handle),
  ]);
  const { accountId, emailDomain } = parseWorkflowId(workflowId) ?? { accountId: '', emailDomain: workflowId };
  return {
    kind: workflowKindOf(description.type),
    workflowId,
    runId: firstRunIdOf(description),
    accountId,
    emailDomain,
    state: stateOf(description),
    phase: readPhase(description),
    status,
    pending: readPending(description),
    ...outcome,
    // The newest run of a chain knows when the first one started.
    startedAt: status?.startedAt ?? description.startTime.toISOString(),
    closedAt: description.closeTime?.toISOString() ?? null,
  };
}

/** Temporal's state of a run, in lower case. */
export function stateOf({ status }: Pick<WorkflowExecutionDescription, 'status'>): string {
  return status.name.toLowerCase().replaceAll('_', ' ');
}

/** The answer to a query; `null`: no worker answered in time. */
export async function answerOrNull<Answer>(client: Client, query: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await client.withDeadline(Date.now() + queryTimeoutMilliseconds, query);
  } catch (error) {
    if (isUnanswered(error)) return null;
    throw error;
  }
}

/**
 * gRPC status codes of a query without an answer: the server's deadline (CANCELLED), the client's deadline
 * (DEADLINE_EXCEEDED), no worker seen on the task queue lately (FAILED_PRECONDITION).
 */
const unanswered = new Set<number>([1, 4, 9]);

function isUnanswered(error: unknown): boolean {
  const service = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(service) && unanswered.has(service.code);
}

/** From the search attribute, which the server knows without a worker. */
export function readPhase({
  typedSearchAttributes,
}: Pick<WorkflowExecutionDescription, 'typedSearchAttributes'>): Phase | null {
  const recorded = typedSearchAttributes.get(phaseAttribute);
  return phases.find((phase) => phase === recorded) ?? null;
}

/** Activities that are not done yet. */
export function readPending({ raw }: WorkflowExecutionDescription): PendingActivity[] {
  return (raw.pendingActivities ?? []).map(({ activityType, attempt, nextAttemptScheduleTime, lastFailure }) => ({
    activity: activityType?.name ?? 'unknown',
    attempt: attempt ?? 1,
    nextAttemptAt: toIso(nextAttemptScheduleTime),
    lastError: lastFailure?.message ?? null,
  }));
}

/** A protobuf Timestamp, whose seconds are a 64-bit integer object, in ISO 8601. */
function toIso(
  timestamp: { seconds?: { toString(): string } | null | undefined; nanos?: number | null } | null | undefined,
) {
  if (timestamp?.seconds === undefined || timestamp.seconds === null) return null;
  return new Date(Number(timestamp.seconds.toString()) * 1000 + (timestamp.nanos ?? 0) / 1_000_000).toISOString();
}

/** The result or the failure of a run that has closed. */
export async function readOutcome<Result>(handle: {
  result: () => Promise<Result>;
}): Promise<{ result: Result | null; failure: RunView['failure'] }> {
  try {
    return { result: await handle.result(), failure: null };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (cause instanceof ApplicationFailure) {
      return {
        result: null,
        failure: { type: cause.type ?? 'unknown', message: cause.message, details: cause.details ?? [] },
      };
    }
    return {
      result: null,
      failure: { type: cause?.name ?? 'unknown', message: cause?.message ?? error.message, details: [] },
    };
  }
}
