import { isDeepStrictEqual } from 'node:util';

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

import { onboardingTaskQueue, workflowIdFor, workflowTypes } from '../contract/names/ids.ts';
import { describeRun } from './describe-run.ts';
import { readPhase } from './run-view.ts';
import { storyOf } from './domain-workflows.ts';
import type { StoryInput, StoryStart } from './domain-workflows.ts';

/** What runs for the domain of a story's input, seen from that input. */
export type Running =
  | { kind: 'none' }
  /** `runId`: of the first run, when it has continued as new. */
  | { kind: 'same-input'; runId: string }
  /** `input`: what it was started with. */
  | {
      kind: 'other';
      because: 'other-input' | 'being-undone' | 'onboarding' | 'offboarding' | 'other-workflow';
      input: unknown;
    };

export type StartOutcome =
  | { kind: 'started' | 'joined'; workflowId: string }
  | (Extract<Running, { kind: 'other' }> & { workflowId: string });

/** Starts the story, or finds the run of it that is under way with the same input. */
export async function startOrJoin<Input extends StoryInput>(
  client: Client,
  story: StoryStart<Input>,
  input: Input,
): Promise<StartOutcome> {
  const workflowId = workflowIdFor(input.accountId, input.emailDomain);
  for (;;) {
    try {
      await client.workflow.start(workflowTypes[story.name], {
        workflowId,
        taskQueue: onboardingTaskQueue,
        args: [input],
        // USE_EXISTING would drop this input in silence, and even join a run of another workflow type.
        workflowIdConflictPolicy: 'FAIL',
        ...story.summarise(input),
      });
      return { kind: 'started', workflowId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const running = await lookAtRunning(client, story, input);
    // It has ended in between.
    if (running.kind === 'none') continue;
    return running.kind === 'other' ? { ...running, workflowId } : { kind: 'joined', workflowId };
  }
}

/** Needs no worker: what was asked for stands in the first event of the history. */
export async function lookAtRunning<Input extends StoryInput>(
  client: Client,
  story: StoryStart<Input>,
  input: Input,
): Promise<Running> {
  const workflowId = workflowIdFor(input.accountId, input.emailDomain);
  const description = await describeRun(client, workflowId);
  if (description?.status.name !== 'RUNNING') return { kind: 'none' };
  const running = await readInput(client, workflowId, description.runId);
  if (description.type !== workflowTypes[story.name])
    return { kind: 'other', because: storyOf(description.type) ?? 'other-workflow', input: running };
  const phase = readPhase(description);
  if (phase === 'undoing' || phase === 'undone') return { kind: 'other', because: 'being-undone', input: running };
  const normal = story.parse(running);
  return normal.ok && isSameInput(normal.input, input)
    ? { kind: 'same-input', runId: firstRunOf(description) }
    : { kind: 'other', because: 'other-input', input: running };
}

/** What a run that continues as new keeps. Servers before 1.25 do not tell. */
export function firstRunOf({ raw, runId }: WorkflowExecutionDescription): string {
  return raw.workflowExecutionInfo?.firstRunId || runId;
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
export function isSameInput(one: StoryInput, other: StoryInput): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(input: StoryInput): unknown {
  return JSON.parse(JSON.stringify(input));
}
