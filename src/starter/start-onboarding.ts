import { isDeepStrictEqual } from 'node:util';

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

import { ONBOARD_WORKFLOW_TYPE, ONBOARDING_TASK_QUEUE, workflowIdFor } from '../contract.ts';
import type { OnboardingInput } from '../contract.ts';
import { exitCodes } from '../exit-codes.ts';
import { parseInput } from '../input.ts';
import { readPhase } from './onboarding-view.ts';
import { StarterError } from './starter-error.ts';

export interface Started {
  workflowId: string;
  /** True when a run with the same input was under way already. */
  alreadyRunning: boolean;
}

/**
 * Starts the onboarding, or finds the one that is running with the same input.
 * @throws {StarterError} when one is running with another input; shows both
 */
export async function startOnboarding(client: Client, input: OnboardingInput): Promise<Started> {
  const workflowId = workflowIdFor(input.accountId, input.emailDomain);
  try {
    await client.workflow.start(ONBOARD_WORKFLOW_TYPE, {
      workflowId,
      taskQueue: ONBOARDING_TASK_QUEUE,
      args: [input],
      // USE_EXISTING would drop this input in silence, and even join a run of another workflow type.
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: `Cloudflare dashboard SSO for ${input.emailDomain}`,
      staticDetails:
        `Turns \`${input.emailDomain}\` into an enabled SSO connector of the account \`${input.accountId}\`. ` +
        'From then on every user of that e-mail domain logs in to the Cloudflare dashboard through the identity provider.',
    });
    return { workflowId, alreadyRunning: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const { typedSearchAttributes } = await client.workflow.getHandle(workflowId).describe();
  const phase = readPhase({ typedSearchAttributes });
  const running = await readRunningInput(client, workflowId);
  const normal = parseInput(running);
  if (phase !== 'undoing' && normal.ok && isDeepStrictEqual(plain(normal.input), plain(input)))
    return { workflowId, alreadyRunning: true };
  throw new StarterError(
    exitCodes.failed,
    `An onboarding of ${input.emailDomain} is ${phase === 'undoing' ? 'being undone' : 'running with another input'}; this one was not started.\n` +
      `  running: ${JSON.stringify(running)}\n  asked:   ${JSON.stringify(input)}\n` +
      'Wait for it, or cancel it and start again.',
  );
}

/** From the first event of its history, which needs no worker. */
async function readRunningInput(client: Client, workflowId: string): Promise<unknown> {
  const { namespace } = client.options;
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  return payload ? defaultPayloadConverter.fromPayload(payload) : null;
}

/** Without the fields that are set to nothing. */
function plain(input: OnboardingInput): unknown {
  return JSON.parse(JSON.stringify(input));
}
