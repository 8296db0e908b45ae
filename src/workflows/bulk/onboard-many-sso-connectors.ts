/** Many domains: each has a run of its own, a few at a time; what becomes of them is counted and told here. */
import {
  ActivityCancellationType,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  condition,
  continueAsNew,
  proxyActivities,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

import type { BulkValidationActivities, EnabledDomainActivities, FollowActivities } from '../../activities/bulk.ts';
import type { RunningStoryActivities } from '../../activities/runs.ts';
import type { OnboardWorkflow } from '../../contract/handlers.ts';
import {
  accountIdAttribute,
  cloudflareTaskQueue,
  onboardingTaskQueue,
  workflowIdFor,
  workflowTypes,
} from '../../contract/names/ids.ts';
import type { Pace } from '../../contract/old-contract.ts';
import type { BulkInput, BulkResult } from '../../contract/schemas/bulk.ts';
import type { OnboardingInput } from '../../contract/schemas/onboarding-input.ts';
import { endingOfFailure, endingOfRefusal, endingOfResult, toOnboardingInput } from '../../decisions/bulk.ts';
import type { RowEnding } from '../../decisions/bulk.ts';
import { retryOf } from '../../decisions/timings.ts';
import { summariseOnboarding } from '../../messages/run-titles.ts';
import { trackBulk } from './bulk-progress.ts';
import type { BulkProgress, CarriedProgress, RowUnderWay } from './bulk-progress.ts';
import { toRunFailure } from '../shared/failures.ts';
import { startApart } from '../shared/start-apart.ts';

/** What a run hands on to itself when it continues as new, beside the input in normal form. */
export interface CarriedBulk {
  concurrency: number;
  pace: Pace;
  progress: CarriedProgress;
}

interface Bulk {
  readonly input: BulkInput;
  readonly concurrency: number;
  readonly pace: Pace;
  readonly progress: BulkProgress;
}

/** Types only promise what a client sent: `validateBulk` is what makes it so. `carried` is nobody's to send. */
export async function onboardManySsoConnectors(input: BulkInput, carried?: CarriedBulk): Promise<BulkResult> {
  const continued = workflowInfo().continuedFromExecutionRunId === undefined ? null : (carried ?? null);
  const bulk = continued === null ? await begin(input) : resume(input, continued);
  await onboardRows(bulk);
  return bulk.progress.result();
}

function resume(input: BulkInput, { concurrency, pace, progress }: CarriedBulk): Bulk {
  return { input, concurrency, pace, progress: trackBulk(input, progress) };
}

/** Nothing is started before all rows are known to be sound, and which of them are done already. */
async function begin(candidate: BulkInput): Promise<Bulk> {
  const { validateBulk } = proxyActivities<BulkValidationActivities>({
    summary: 'Check all rows',
    taskQueue: onboardingTaskQueue,
    startToCloseTimeout: '30 seconds',
  });
  try {
    const { input, concurrency, pace } = await validateBulk(candidate);
    const { accountId, rows } = input;
    upsertSearchAttributes([{ key: accountIdAttribute, value: accountId }]);
    const progress = trackBulk(input, null);
    const { findEnabledDomains } = proxyActivities<EnabledDomainActivities>({
      summary: 'Which domains are enabled already?',
      taskQueue: cloudflareTaskQueue,
      startToCloseTimeout: pace.attemptSeconds * 1000,
      heartbeatTimeout: pace.heartbeatSeconds * 1000,
      retry: retryOf(pace),
    });
    const emailDomains = rows.map(({ emailDomain }) => emailDomain);
    const enabled = new Set(await findEnabledDomains({ accountId, emailDomains, pace }));
    for (const [row, { emailDomain }] of rows.entries()) {
      if (enabled.has(emailDomain)) progress.finish(row, { outcome: 'already-enabled', type: null, message: null });
    }
    return { input, concurrency, pace, progress };
  } catch (error) {
    throw toRunFailure(error);
  }
}

function isLongEnough(): boolean {
  return workflowInfo().continueAsNewSuggested;
}

/** Goes on until every row has ended, or in a run anew once the server finds this one's history long enough. */
async function onboardRows(bulk: Bulk): Promise<void> {
  const { progress, concurrency } = bulk;
  const inherited = progress.underWay();

  // Each lane has one row under way at a time, first of all those that the run before had started.
  const lanes = Array.from({ length: concurrency }, async (_, lane) => {
    const before = inherited[lane];
    if (before !== undefined) progress.finish(before.row, await follow(bulk, before));
    for (let row = progress.take(); row !== null; row = progress.take()) {
      progress.finish(row, await onboardRow(bulk, row));
      if (isLongEnough()) return;
    }
  });
  // Whoever is followed by its run id can be handed on; a row that is about to start cannot.
  await Promise.race([Promise.all(lanes), condition(() => isLongEnough() && progress.isSettled())]);
  if (progress.isDone()) return;
  // A cancel that comes with the suggestion would be lost.
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The run was cancelled');
  await continueInNewRun(bulk);
}

async function continueInNewRun({ input, concurrency, pace, progress }: Bulk): Promise<never> {
  return await continueAsNew<typeof onboardManySsoConnectors>(input, {
    concurrency,
    pace,
    progress: progress.toCarry(),
  });
}

/** Starts the domain's run, or follows the one that is under way with the same input; in either case until it has ended. */
async function onboardRow(bulk: Bulk, row: number): Promise<RowEnding> {
  const { progress } = bulk;
  const input = toOnboardingInput(bulk.input, bulk.input.rows[row] ?? { emailDomain: '' });
  const { accountId, emailDomain } = input;
  const workflowId = workflowIdFor(accountId, emailDomain);
  for (;;) {
    const child = await startApart<OnboardWorkflow>(workflowTypes.onboarding, {
      workflowId,
      args: [input],
      ...summariseOnboarding(input),
    });
    if (child !== null) {
      progress.start({ row, runId: child.firstExecutionRunId });
      return await child.result().then(endingOfResult, toEnding);
    }
    const running = await lookAtRunning(emailDomain, input);
    if (running.kind === 'other') return endingOfRefusal(running.because, accountId, emailDomain);
    if (running.kind === 'same-input') {
      const followed = { row, runId: running.runId };
      progress.start(followed);
      return await follow(bulk, followed);
    }
    // What stood in the way has ended.
  }
}

async function lookAtRunning(emailDomain: string, input: OnboardingInput) {
  const onboardings = proxyActivities<RunningStoryActivities>({
    summary: `What is under way for ${emailDomain}?`,
    taskQueue: onboardingTaskQueue,
    startToCloseTimeout: '30 seconds',
  });
  return await onboardings.lookAtRunning({ story: 'onboarding', input });
}

/** Waits for the end of a run that this one is not, or not any more, the parent of. */
async function follow({ input, pace }: Bulk, { row, runId }: RowUnderWay): Promise<RowEnding> {
  const { accountId } = input;
  const { emailDomain } = input.rows[row] ?? { emailDomain: '' };
  const { followOnboarding } = proxyActivities<FollowActivities>({
    summary: `Follow ${emailDomain}`,
    taskQueue: onboardingTaskQueue,
    // Tried again without end: an onboarding may take a week, and people may take longer.
    startToCloseTimeout: '1 day',
    heartbeatTimeout: pace.heartbeatSeconds * 1000,
    retry: retryOf(pace),
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  return await followOnboarding({ workflowId: workflowIdFor(accountId, emailDomain), runId });
}

function toEnding(error: unknown): RowEnding {
  // A cancel of this run says nothing of the row's.
  if (!(error instanceof ChildWorkflowFailure) || CancellationScope.current().consideredCancelled) throw error;
  return endingOfFailure(error.cause);
}
