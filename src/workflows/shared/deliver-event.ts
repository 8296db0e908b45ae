/** One event of a caller. Its workflow id makes sure that it is processed once, also after the run that it started has ended. */
import type { Delivery, DeliveryResult, DomainRequest } from '../../contract/handlers.ts';
import { workflowIdFor, workflowTypes } from '../../contract/names/ids.ts';
import { toCallBackEvent } from '../../decisions/call-back-event.ts';
import { conflictMessages } from '../../messages/refusals.ts';
import { domainRunTitles } from '../../messages/run-titles.ts';
import { compareWithRunning } from './activities-by-queue.ts';
import { startCallBack } from './notify.ts';
import { startDetached } from './start-detached.ts';

/** Starts the domain's workflow, which continues by itself; if it cannot be started, sends a call-back. */
export async function deliverEvent(delivery: Delivery): Promise<DeliveryResult> {
  const { kind, input } = delivery;
  const workflowId = workflowIdFor(input.accountId, input.emailDomain);
  for (;;) {
    const args = [input];
    const started = await startDetached(workflowTypes[kind], { workflowId, args, ...domainRunTitles[kind](input) });
    if (started !== null) {
      return { outcome: 'started', workflowId, runId: started.firstExecutionRunId, because: null };
    }
    const running = await compareWithRunning(delivery);
    if (running.kind === 'same-input') return { outcome: 'joined', workflowId, runId: running.runId, because: null };
    if (running.kind === 'conflict') {
      await reportNotStarted(delivery, conflictMessages[running.because]);
      return { outcome: 'refused', workflowId, runId: null, because: running.because };
    }
    // The run that was in progress has ended.
  }
}

/** The caller was answered that its event was accepted; the conflict arose afterwards. */
async function reportNotStarted(
  { kind, input: { accountId, emailDomain, callbackUrl } }: DomainRequest,
  reason: string,
): Promise<void> {
  const noRun = { runId: null, phase: null, approval: null, confirmation: null, txtRecord: null };
  const state = { kind, accountId, emailDomain, reason, ...noRun };
  const event = toCallBackEvent(`${kind}.not-started`, state, new Date().toISOString());
  await startCallBack(callbackUrl, event, 'not-started');
}
