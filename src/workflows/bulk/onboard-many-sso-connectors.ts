/** Onboards many domains. Each has a run of its own, a few at a time; this run counts how they end. */
import {
  ActivityCancellationType,
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  continueAsNew,
  proxyActivities,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

import type { FollowActivities } from '../../activities/bulk.ts';
import type { OnboardWorkflow } from '../../contract/handlers.ts';
import { accountIdAttribute, onboardingTaskQueue, workflowIdFor, workflowTypes } from '../../contract/names/ids.ts';
import { bulkConcurrency } from '../../contract/names/vocabulary.ts';
import type { BulkInput, BulkResult } from '../../contract/schemas/bulk.ts';
import { endingOfConflict, endingOfFailure, endingOfResult, toOnboardingInput } from '../../decisions/bulk.ts';
import type { RowEnding } from '../../decisions/bulk.ts';
import { retryPolicy } from '../../decisions/timings.ts';
import type { Timings } from '../../decisions/timings.ts';
import { domainRunTitles } from '../../messages/run-titles.ts';
import { activitiesByQueue, compareWithRunning, validate } from '../shared/activities-by-queue.ts';
import { throwIfCancelled, toRunFailure } from '../shared/failures.ts';
import { startDetached } from '../shared/start-detached.ts';
import { trackBulk } from './bulk-progress.ts';
import type { BulkProgress, CarriedProgress, RunningRow } from './bulk-progress.ts';

interface Bulk {
  readonly settings: BulkInput;
  readonly timings: Timings;
  readonly progress: BulkProgress;
}

/** What a run passes to the run that continues it, besides the settings. */
export interface CarriedBulk {
  timings: Timings;
  progress: CarriedProgress;
}

/**
 * The type of `input` is only what a client should send; `validateBulk` checks it.
 * @param carried passed by continue-as-new only, with `input` as checked before; ignored when a client sends it
 */
export async function onboardManySsoConnectors(input: BulkInput, carried?: CarriedBulk): Promise<BulkResult> {
  const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined;
  const bulk = isContinued && carried ? resume(input, carried) : await begin(input);
  await onboardRows(bulk);
  return bulk.progress.result();
}

/** The run before checked the input. */
function resume(settings: BulkInput, { timings, progress }: CarriedBulk): Bulk {
  return { settings, timings, progress: trackBulk(settings, progress) };
}

/** No row starts before all are checked, and before it is known which domains are enabled already. */
async function begin(input: BulkInput): Promise<Bulk> {
  const { settings, timings } = await validate(async (activities) => await activities.validateBulk(input));
  const { accountId, rows } = settings;
  upsertSearchAttributes([{ key: accountIdAttribute, value: accountId }]);
  const progress = trackBulk(settings, null);
  const { onCloudflareQueue } = activitiesByQueue(timings.timeouts, () => ({ retry: retryPolicy(timings.retry) }));
  const emailDomains = rows.map(({ emailDomain }) => emailDomain);
  try {
    const enabled = new Set(
      await onCloudflareQueue('Read which domains are enabled already').findEnabledDomains({ accountId, emailDomains }),
    );
    for (const [row, { emailDomain }] of rows.entries()) {
      if (enabled.has(emailDomain)) progress.finish(row, { outcome: 'already-enabled', type: null, message: null });
    }
  } catch (error) {
    throw toRunFailure(error);
  }
  return { settings, timings, progress };
}

function isLongEnough(): boolean {
  return workflowInfo().continueAsNewSuggested;
}

/** Returns when every row has ended; continues as new when the server suggests it. */
async function onboardRows(bulk: Bulk): Promise<void> {
  const { settings, timings, progress } = bulk;
  const inherited = progress.running();

  // Each loop has one row running at a time, first the rows that the run before had started.
  const loops = Array.from({ length: settings.concurrency ?? bulkConcurrency.default }, async (_, index) => {
    const before = inherited[index];
    if (before !== undefined) progress.finish(before.row, await follow(bulk, before));
    for (let row = progress.take(); row !== null; row = progress.take()) {
      progress.finish(row, await onboardRow(bulk, row));
      if (isLongEnough()) return;
    }
  });
  // A row with a run id can be carried over; a row that is about to start cannot.
  await Promise.race([Promise.all(loops), condition(() => isLongEnough() && progress.isSettled())]);
  if (progress.isDone()) return;
  // Continue-as-new would lose a cancel that arrives with its suggestion.
  throwIfCancelled();
  await continueAsNew<typeof onboardManySsoConnectors>(settings, { timings, progress: progress.toCarry() });
}

/** Starts the domain's run, or follows the one in progress with the same input; returns when it has ended. */
async function onboardRow(bulk: Bulk, row: number): Promise<RowEnding> {
  const { settings, progress } = bulk;
  const input = toOnboardingInput(settings, settings.rows[row] ?? { emailDomain: '' });
  const { accountId, emailDomain } = input;
  const workflowId = workflowIdFor(accountId, emailDomain);
  for (;;) {
    const child = await startDetached<OnboardWorkflow>(workflowTypes.onboarding, {
      workflowId,
      args: [input],
      ...domainRunTitles.onboarding(input),
    });
    if (child !== null) {
      progress.start({ row, runId: child.firstExecutionRunId });
      return await child.result().then(endingOfResult, toEnding);
    }
    const running = await compareWithRunning({ kind: 'onboarding', input });
    if (running.kind === 'conflict') return endingOfConflict(running.because, accountId, emailDomain);
    if (running.kind === 'same-input') {
      const followed = { row, runId: running.runId };
      progress.start(followed);
      return await follow(bulk, followed);
    }
    // The run that was in progress has ended.
  }
}

/** Waits for the end of a run that is not a child of this one. */
async function follow({ settings, timings }: Bulk, { row, runId }: RunningRow): Promise<RowEnding> {
  const { emailDomain } = settings.rows[row] ?? { emailDomain: '' };
  const { followOnboarding } = proxyActivities<FollowActivities>({
    summary: `Follow ${emailDomain}`,
    taskQueue: onboardingTaskQueue,
    // Retried without a limit: an onboarding may take a week, and people may take longer.
    startToCloseTimeout: '1 day',
    heartbeatTimeout: timings.timeouts.heartbeatSeconds * 1000,
    retry: retryPolicy(timings.retry),
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  return await followOnboarding({ workflowId: workflowIdFor(settings.accountId, emailDomain), runId });
}

function toEnding(error: unknown): RowEnding {
  // Cancelling this run says nothing about the row's own run.
  if (!(error instanceof ChildWorkflowFailure) || CancellationScope.current().consideredCancelled) throw error;
  return endingOfFailure(error.cause);
}
