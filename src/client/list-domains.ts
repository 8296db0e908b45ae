/** The runs of domains, from the server's index of runs. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { z } from 'zod';

import { parseWorkflowId, workflowKindOf, workflowTypes } from '../contract/names/ids.ts';
import { phases } from '../contract/names/phases.ts';
import type { Phase } from '../contract/names/phases.ts';
import { listRunPage, listRuns } from './find-runs.ts';
import { readPhase, runViewSchema, stateOf } from './run-view.ts';

export const listedRunSchema = runViewSchema
  .pick({ kind: true, accountId: true, emailDomain: true, state: true, phase: true, startedAt: true, closedAt: true })
  .extend({ runId: z.string().describe('The run; one that continued as new is found by it as well') });
export type ListedRun = z.output<typeof listedRunSchema>;

const types = Object.values(workflowTypes);

/** The runs of domains, in the order of `listRuns`. @param accountId `null`: every account */
export async function* listDomainRuns(client: Client, accountId: string | null): AsyncGenerator<ListedRun> {
  for await (const run of listRuns(client, { types, accountId, runningOnly: false })) yield toListedRun(run);
}

interface DomainRunFilter {
  accountId: string;
  /** Left out: every phase. */
  phase?: Phase | undefined;
  /** Only runs that wait for a person's answer. */
  waiting: boolean;
}

/** In these phases a running run waits for a person's answer. */
const waitingPhases: readonly Phase[] = ['waiting-for-approval', 'waiting-for-confirmation'];
const pageSize = 100;

interface DomainRunPage {
  runs: ListedRun[];
  /** `null`: this is the last page. */
  nextPageToken: Uint8Array | null;
}

/**
 * A page of the runs of an account's domains, in the order of `listRuns`.
 * @param pageToken the previous page's, with the same filter; `null`: the first page
 */
export async function listDomainRunPage(
  client: Client,
  { accountId, phase, waiting }: DomainRunFilter,
  pageToken: Uint8Array | null,
): Promise<DomainRunPage> {
  const wanted = waiting ? waitingPhases : phases;
  const chosen = phase === undefined ? wanted : wanted.filter((candidate) => candidate === phase);
  // No run is in a phase that waits and in one that does not.
  if (chosen.length === 0) return { runs: [], nextPageToken: null };
  const filter = { types, accountId, runningOnly: waiting, ...(chosen === phases ? {} : { phases: chosen }) };
  const page = await listRunPage(client, filter, pageSize, pageToken);
  return { ...page, runs: page.runs.map(toListedRun) };
}

function toListedRun(run: WorkflowExecutionInfo): ListedRun {
  const id = parseWorkflowId(run.workflowId);
  return {
    kind: workflowKindOf(run.type),
    runId: run.runId,
    accountId: id?.accountId ?? '',
    emailDomain: id?.emailDomain ?? run.workflowId,
    state: stateOf(run),
    phase: readPhase(run),
    startedAt: run.startTime.toISOString(),
    closedAt: run.closeTime?.toISOString() ?? null,
  };
}
