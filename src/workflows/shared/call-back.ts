/** Telling somebody's URL what became of an onboarding, or of a look for drift: a run of its own, so that no story waits for their server. */
import { CancellationScope, proxyActivities, workflowInfo } from '@temporalio/workflow';

import type { CallBackActivities } from '../../activities/call-back.ts';
import { onboardingTaskQueue } from '../../contract/names/ids.ts';
import type { DomainEventType } from '../../contract/names/vocabulary.ts';
import type { Pace } from '../../contract/old-contract.ts';
import type { CallBackEvent, CallBackOutcome } from '../../contract/schemas/call-back-event.ts';
import { subjectOf, toCallBackEvent } from '../../decisions/call-back-event.ts';
import { retryOf } from '../../decisions/timings.ts';
import type { StoryRun } from './run.ts';
import { startApart } from './start-apart.ts';

export interface CallBack {
  url: string;
  event: CallBackEvent;
  pace: CallBackPace;
}

/** In seconds, as `Pace` has them. */
export type CallBackPace = Pick<Pace, 'retryFirstSeconds' | 'retryMaxSeconds' | 'attemptSeconds'>;

/** As long as the senders that Standard Webhooks describes go on. */
const giveUpAfter = '3 days';

/** Sends one event until it is taken, or for three days. The run's id is the event's, at every try. */
export async function callBack({ url, event, pace }: CallBack): Promise<void> {
  const { sendCallBack } = proxyActivities<CallBackActivities>({
    summary: `Tell ${event.type}`,
    taskQueue: onboardingTaskQueue,
    startToCloseTimeout: pace.attemptSeconds * 1000,
    scheduleToCloseTimeout: giveUpAfter,
    retry: retryOf(pace),
  });
  await sendCallBack({ url, event });
}

/**
 * Hands an event to a run of its own, also from a run that is being cancelled. Does nothing without a URL.
 * @param key tells this event from the others of the same story; the same key twice is sent once
 */
export async function announce(
  { callbackUrl, pace }: { callbackUrl: string | null; pace: CallBackPace },
  event: CallBackEvent,
  key: string,
): Promise<void> {
  // Settings that an earlier version of this code validated have none.
  if (!callbackUrl) return;
  const { retryFirstSeconds, retryMaxSeconds, attemptSeconds } = pace;
  await CancellationScope.nonCancellable(
    async () =>
      await startApart<typeof callBack>(callBack.name, {
        workflowId: `sso-call-back/${workflowInfo().firstExecutionRunId}/${key}`,
        args: [{ url: callbackUrl, event, pace: { retryFirstSeconds, retryMaxSeconds, attemptSeconds } }],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `${event.type}: ${subjectOf(event)}`,
      }),
  );
}

/** What the story tells of itself, as its status is now. */
export async function tell(
  { settings, progress }: Pick<StoryRun, 'settings' | 'progress'>,
  type: DomainEventType,
  key: string,
  outcome: CallBackOutcome = {},
): Promise<void> {
  const told = { ...progress.status, runId: workflowInfo().firstExecutionRunId };
  await announce(settings, toCallBackEvent(type, told, new Date().toISOString(), outcome), key);
}
