/** One delivery of somebody's event: its id makes it happen once, also after what it started has ended. */
import { proxyActivities } from '@temporalio/workflow';

import type { RunningStoryActivities } from '../../activities/runs.ts';
import type { DomainRequest } from '../../contract/handlers.ts';
import { onboardingTaskQueue, workflowIdFor, workflowTypes } from '../../contract/names/ids.ts';
import { summariseOffboarding, summariseOnboarding } from '../../messages/run-titles.ts';
import { toCallBackEvent } from '../../decisions/call-back-event.ts';
import { clashes } from '../../messages/refusals.ts';
import { completePace } from '../../decisions/timings.ts';
import { announce } from './call-back.ts';
import { startApart } from './start-apart.ts';

/** Its input is checked and in normal form. */
export type Delivery = DomainRequest & {
  /** Who sent it. */
  caller: string;
};

export interface DeliveryResult {
  /** `joined`: the same was under way; `refused`: something else was, see `because`. */
  outcome: 'started' | 'joined' | 'refused';
  workflowId: string;
  because: string | null;
}

/** Starts the story, which then goes on by itself; when it cannot, whoever is to be called back is told. */
export async function deliver(delivery: Delivery): Promise<DeliveryResult> {
  const { story, input } = delivery;
  const { lookAtRunning } = proxyActivities<RunningStoryActivities>({
    summary: 'What is under way for the domain?',
    taskQueue: onboardingTaskQueue,
    startToCloseTimeout: '30 seconds',
  });
  const workflowId = workflowIdFor(input.accountId, input.emailDomain);
  for (;;) {
    const started = await startApart(workflowTypes[story], {
      workflowId,
      args: [input],
      ...(story === 'onboarding' ? summariseOnboarding(input) : summariseOffboarding(input)),
    });
    if (started !== null) return { outcome: 'started', workflowId, because: null };
    const running = await lookAtRunning(delivery);
    if (running.kind === 'same-input') return { outcome: 'joined', workflowId, because: null };
    if (running.kind === 'other') {
      await tellNotStarted(delivery, clashes[running.because]);
      return { outcome: 'refused', workflowId, because: running.because };
    }
    // What stood in the way has ended.
  }
}

/** The sender has been told that its event was taken; this came up afterwards. */
async function tellNotStarted({ story, input }: Delivery, reason: string): Promise<void> {
  const { accountId, emailDomain, callbackUrl = null, pace } = input;
  const nothingBegun = { story, runId: null, phase: null, approval: null, confirmation: null, txtRecord: null };
  const told = { accountId, emailDomain, reason, ...nothingBegun };
  const event = toCallBackEvent(`${story}.not-started`, told, new Date().toISOString());
  await announce({ callbackUrl, pace: completePace(pace) }, event, 'not-started');
}
