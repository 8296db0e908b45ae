import { isDeepStrictEqual } from 'node:util';

import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

import { ONBOARD_WORKFLOW_TYPE, ONBOARDING_TASK_QUEUE, workflowIdFor } from '../contract.ts';
import type { OnboardingInput } from '../contract.ts';
import { summariseOnboarding } from '../decisions/onboarding-summary.ts';
import { parseInput } from '../input.ts';
import { readPhase } from './onboarding-view.ts';

/** What runs for the input's domain, seen from that input. */
export type Running =
  | { kind: 'none' }
  | { kind: 'same-input' }
  /** `input`: what it was started with. */
  | { kind: 'other'; because: 'other-input' | 'being-undone' | 'other-workflow'; input: unknown };

export type StartOutcome =
  | { kind: 'started' | 'joined'; workflowId: string }
  | (Extract<Running, { kind: 'other' }> & { workflowId: string });

/** Starts the onboarding, or finds the one that is running with the same input. */
export async function startOrJoin(client: Client, input: OnboardingInput): Promise<StartOutcome> {
  const workflowId = workflowIdFor(input.accountId, input.emailDomain);
  for (;;) {
    try {
      await client.workflow.start(ONBOARD_WORKFLOW_TYPE, {
        workflowId,
        taskQueue: ONBOARDING_TASK_QUEUE,
        args: [input],
        // USE_EXISTING would drop this input in silence, and even join a run of another workflow type.
        workflowIdConflictPolicy: 'FAIL',
        ...summariseOnboarding(input),
      });
      return { kind: 'started', workflowId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const running = await lookAtRunning(client, input);
    // It has ended in between.
    if (running.kind === 'none') continue;
    return running.kind === 'other' ? { ...running, workflowId } : { kind: 'joined', workflowId };
  }
}

/** Needs no worker: what was asked for stands in the first event of the history. */
export async function lookAtRunning(client: Client, input: OnboardingInput): Promise<Running> {
  const workflowId = workflowIdFor(input.accountId, input.emailDomain);
  let description: WorkflowExecutionDescription;
  try {
    description = await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'none' };
    throw error;
  }
  if (description.status.name !== 'RUNNING') return { kind: 'none' };
  const running = await readInput(client, workflowId, description.runId);
  if (description.type !== ONBOARD_WORKFLOW_TYPE) return { kind: 'other', because: 'other-workflow', input: running };
  if (readPhase(description) === 'undoing') return { kind: 'other', because: 'being-undone', input: running };
  const normal = parseInput(running);
  return normal.ok && isSameInput(normal.input, input)
    ? { kind: 'same-input' }
    : { kind: 'other', because: 'other-input', input: running };
}

/** The first argument that a run was started with. */
export async function readInput(client: Client, workflowId: string, runId: string): Promise<unknown> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  return payload ? defaultPayloadConverter.fromPayload(payload) : null;
}

/** A field that is set to nothing counts as left out. */
export function isSameInput(one: OnboardingInput, other: OnboardingInput): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(input: OnboardingInput): unknown {
  return JSON.parse(JSON.stringify(input));
}
