/** What an admin sees of an onboarding or off-boarding, from a worker's answer or, where no worker answers, from the server alone. */
import { isGrpcServiceError, WorkflowFailedError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

import { statusQuery } from '../contract/handlers.ts';
import { parseWorkflowId, phaseAttribute } from '../contract/names/ids.ts';
import type { WorkflowKind } from '../contract/names/ids.ts';
import { phases } from '../contract/names/phases.ts';
import type { Phase } from '../contract/names/phases.ts';
import type { OffboardingResult } from '../contract/schemas/offboarding.ts';
import type { OnboardingResult, OnboardingStatus } from '../contract/schemas/onboarding-status.ts';
import { describeRun } from './describe-run.ts';
import { storyOf } from './domain-workflows.ts';

export interface OnboardingView {
  /** `null`: a run of a type that is none of ours. */
  story: WorkflowKind | null;
  workflowId: string;
  runId: string;
  accountId: string;
  emailDomain: string;
  /** Temporal's word for the run: `running`, `completed`, `failed`, `cancelled`, `terminated` … */
  state: string;
  phase: Phase | null;
  /** `null` when no worker answered the query in time. */
  status: OnboardingStatus | null;
  /** Activities that are not done yet. */
  pending: PendingActivity[];
  result: OnboardingResult | OffboardingResult | null;
  failure: { type: string; message: string; details: unknown[] } | null;
  startedAt: string;
  closedAt: string | null;
}

export interface PendingActivity {
  activity: string;
  /** From 1. */
  attempt: number;
  /** `null` while an attempt is under way. */
  nextAttemptAt: string | null;
  /** Why the attempt before failed. */
  lastError: string | null;
}

type StoryWorkflow = () => Promise<OnboardingResult | OffboardingResult>;

/** A worker that has not answered a query by then is taken to be down. */
const queryTimeoutMilliseconds = 3000;

/** The newest run of the id; `null` when there is none. */
export async function viewOnboarding(client: Client, workflowId: string): Promise<OnboardingView | null> {
  const description = await describeRun(client, workflowId);
  if (description === null) return null;
  const handle = client.workflow.getHandle<StoryWorkflow>(workflowId);
  const [status, outcome] = await Promise.all([
    askWorker<OnboardingStatus>(client, async () => await handle.query(statusQuery)),
    description.status.name === 'RUNNING' ? { result: null, failure: null } : readOutcome(handle),
  ]);
  const { accountId, emailDomain } = parseWorkflowId(workflowId) ?? { accountId: '', emailDomain: workflowId };
  return {
    story: storyOf(description.type),
    workflowId,
    runId: description.runId,
    accountId,
    emailDomain,
    state: stateOf(description),
    phase: readPhase(description),
    status,
    pending: readPending(description),
    ...outcome,
    startedAt: description.startTime.toISOString(),
    closedAt: description.closeTime?.toISOString() ?? null,
  };
}

/** Temporal's word, as it is shown. */
export function stateOf({ status }: Pick<WorkflowExecutionDescription, 'status'>): string {
  return status.name.toLowerCase().replaceAll('_', ' ');
}

/** The answer to a query; `null` when no worker gives it in time. */
export async function askWorker<Answer>(client: Client, query: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await client.withDeadline(Date.now() + queryTimeoutMilliseconds, query);
  } catch (error) {
    if (isUnanswered(error)) return null;
    throw error;
  }
}

/**
 * gRPC's statuses for a query without an answer: the deadline as the server saw it (CANCELLED) or as this side did
 * (DEADLINE_EXCEEDED), and no worker seen on the task queue lately (FAILED_PRECONDITION).
 */
const unanswered = new Set<number>([1, 4, 9]);

function isUnanswered(error: unknown): boolean {
  const service = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(service) && unanswered.has(service.code);
}

/** A search attribute, so the server knows it without a worker. */
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

/** As much of protobuf's Timestamp as is needed; its seconds are a 64-bit integer object. */
function toIso(
  timestamp: { seconds?: { toString(): string } | null | undefined; nanos?: number | null } | null | undefined,
) {
  if (timestamp?.seconds === undefined || timestamp.seconds === null) return null;
  return new Date(Number(timestamp.seconds.toString()) * 1000 + (timestamp.nanos ?? 0) / 1_000_000).toISOString();
}

/** How a run that has closed did. */
export async function readOutcome<Result>(handle: {
  result: () => Promise<Result>;
}): Promise<{ result: Result | null; failure: OnboardingView['failure'] }> {
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
