/** Starts the workflow of a domain, or joins the run in progress. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

import type { DomainRequest } from '../contract/handlers.ts';
import { onboardingTaskQueue, workflowIdFor, workflowKindOf, workflowTypes } from '../contract/names/ids.ts';
import type { ConflictReason } from '../contract/names/vocabulary.ts';
import { domainRunTitles } from '../messages/run-titles.ts';
import { isSameInput } from './domain-workflows.ts';
import { describeRun, firstRunIdOf, readInput } from './find-runs.ts';
import { readPhase } from './run-view.ts';

/** A request compared with the run in progress for its domain. */
export type Comparison =
  | { kind: 'not-running' }
  /** `runId`: the first run of its chain. */
  | { kind: 'same-input'; runId: string }
  | Conflict;

export interface Conflict {
  kind: 'conflict';
  because: ConflictReason;
  /** The input of the run in progress. */
  input: unknown;
}

export type StartOutcome =
  /** `runId`: the first run of its chain. */
  { kind: 'started' | 'joined'; workflowId: string; runId: string } | (Conflict & { workflowId: string });

export async function startOrJoin(client: Client, request: DomainRequest): Promise<StartOutcome> {
  const { kind, input } = request;
  const workflowId = workflowIdFor(input.accountId, input.emailDomain);
  for (;;) {
    try {
      const { firstExecutionRunId: runId } = await client.workflow.start(workflowTypes[kind], {
        workflowId,
        taskQueue: onboardingTaskQueue,
        args: [input],
        // USE_EXISTING would silently drop this input, and would join a run of another workflow type.
        workflowIdConflictPolicy: 'FAIL',
        ...domainRunTitles[kind](input),
      });
      return { kind: 'started', workflowId, runId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const running = await compareWithRunning(client, request);
    // It has ended in between.
    if (running.kind === 'not-running') continue;
    return running.kind === 'conflict'
      ? { ...running, workflowId }
      : { kind: 'joined', workflowId, runId: running.runId };
  }
}

/** Needs no worker: the input is in the first event of the history. */
export async function compareWithRunning(client: Client, request: DomainRequest): Promise<Comparison> {
  const { kind, input } = request;
  const workflowId = workflowIdFor(input.accountId, input.emailDomain);
  const description = await describeRun(client, workflowId);
  if (description?.status.name !== 'RUNNING') return { kind: 'not-running' };
  const running = await readInput(client, workflowId, description.runId);
  const conflict = (because: ConflictReason): Conflict => ({ kind: 'conflict', because, input: running });
  if (description.type !== workflowTypes[kind]) {
    return conflict(workflowKindOf(description.type) ?? 'other-workflow');
  }
  const phase = readPhase(description);
  if (phase === 'undoing' || phase === 'undone') return conflict('being-undone');
  if (!isSameInput(request, running)) return conflict('other-input');
  return { kind: 'same-input', runId: firstRunIdOf(description) };
}
