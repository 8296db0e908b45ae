/** Call-backs: each event is sent by a run of its own, so that no other run waits for the receiver. */
import { CancellationScope, proxyActivities, workflowInfo } from '@temporalio/workflow';

import type { CallBackActivities } from '../../activities/call-back.ts';
import { onboardingTaskQueue } from '../../contract/names/ids.ts';
import type { DomainEventType } from '../../contract/names/vocabulary.ts';
import type { CallBackEvent, CallBackOutcome } from '../../contract/schemas/call-back-event.ts';
import { eventSubject, toCallBackEvent } from '../../decisions/call-back-event.ts';
import { retryPolicy } from '../../decisions/timings.ts';
import { validate } from './activities-by-queue.ts';
import type { DomainRun } from './run.ts';
import { startDetached } from './start-detached.ts';

interface CallBack {
  url: string;
  event: CallBackEvent;
}

/** Standard Webhooks recommends attempts over about three days. */
const giveUpAfter = '3 days';

/** Sends one event until the receiver accepts it, or for three days. The workflow id is the event's id, at every attempt. */
export async function callBack({ url, event }: CallBack): Promise<void> {
  const { retry, timeouts } = await validate(async (activities) => await activities.readTimings());
  const { sendCallBack } = proxyActivities<CallBackActivities>({
    summary: `Send ${event.type}`,
    taskQueue: onboardingTaskQueue,
    startToCloseTimeout: timeouts.attemptSeconds * 1000,
    scheduleToCloseTimeout: giveUpAfter,
    retry: retryPolicy(retry),
  });
  await sendCallBack({ url, event });
}

/**
 * Starts the run that sends an event, also from a run that is being cancelled. Does nothing without a URL.
 * @param key identifies the event within the run; the same key is sent once
 */
export async function startCallBack(callbackUrl: string | undefined, event: CallBackEvent, key: string): Promise<void> {
  if (callbackUrl === undefined) return;
  await CancellationScope.nonCancellable(
    async () =>
      await startDetached<typeof callBack>(callBack.name, {
        workflowId: `sso-call-back/${workflowInfo().firstExecutionRunId}/${key}`,
        args: [{ url: callbackUrl, event }],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `${event.type}: ${eventSubject(event)}`,
      }),
  );
}

/** Sends the current status of the run to its call-back URL. */
export async function notify(
  { settings, progress: { status } }: Pick<DomainRun, 'settings' | 'progress'>,
  type: DomainEventType,
  key: string,
  outcome: CallBackOutcome = {},
): Promise<void> {
  const confirmation = status.kind === 'onboarding' ? status.confirmation : null;
  const state = { ...status, confirmation, runId: workflowInfo().firstExecutionRunId };
  const event = toCallBackEvent(type, state, new Date().toISOString(), outcome);
  await startCallBack(settings.callbackUrl, event, key);
}
