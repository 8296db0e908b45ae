/** Finds and describes runs. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client';
import { executionInfoFromRaw } from '@temporalio/client/lib/helpers.js';
import { defaultPayloadConverter } from '@temporalio/common';

import { accountIdAttribute, phaseAttribute } from '../contract/names/ids.ts';
import type { Phase } from '../contract/names/phases.ts';

export interface RunTarget {
  workflowId: string;
  /** The first run of its chain, or any other of it; left out: the newest run of the id. */
  runId?: string | undefined;
}

interface RunFilter {
  types: readonly string[];
  /** Must be valid: it becomes part of the query unescaped. `null`: every account. */
  accountId: string | null;
  runningOnly: boolean;
  /** Left out: every phase. */
  phases?: readonly Phase[];
}

/** Newest first, as long as the namespace keeps them. Eventually consistent: the newest runs may be missing. */
export function listRuns(client: Client, filter: RunFilter): AsyncIterable<WorkflowExecutionInfo> {
  return client.workflow.list({ query: toQuery(filter) });
}

interface RunPage {
  runs: WorkflowExecutionInfo[];
  /** `null`: this is the last page. */
  nextPageToken: Uint8Array | null;
}

/**
 * One page of `listRuns`.
 * @param pageToken the previous page's, with the same filter; `null`: the first page
 */
export async function listRunPage(
  client: Client,
  filter: RunFilter,
  pageSize: number,
  pageToken: Uint8Array | null,
): Promise<RunPage> {
  const { namespace, loadedDataConverter } = client.options;
  const { executions, nextPageToken } = await client.workflowService.listWorkflowExecutions({
    namespace,
    query: toQuery(filter),
    pageSize,
    nextPageToken: pageToken,
  });
  const toInfo = async (raw: (typeof executions)[number]) =>
    await executionInfoFromRaw(raw, loadedDataConverter, raw, namespace);
  return {
    runs: await Promise.all(executions.map(toInfo)),
    nextPageToken: nextPageToken.length === 0 ? null : nextPageToken,
  };
}

function toQuery({ types, accountId, runningOnly, phases }: RunFilter): string {
  return [
    `WorkflowType IN (${quote(types)})`,
    // The run that continues the chain is listed instead.
    `ExecutionStatus != 'ContinuedAsNew'`,
    ...(runningOnly ? [`ExecutionStatus = 'Running'`] : []),
    ...(accountId === null ? [] : [`${accountIdAttribute.name} = '${accountId}'`]),
    ...(phases === undefined ? [] : [`${phaseAttribute.name} IN (${quote(phases)})`]),
  ].join(' AND ');
}

function quote(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}

/**
 * `null`: the server has no such run, or has deleted it.
 * @param runId left out: the newest run of the id
 */
export async function describeRun(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** The first run of a chain of runs that continue as new. Servers before 1.25 do not report it. */
export function firstRunIdOf({ raw, runId }: WorkflowExecutionDescription): string {
  return raw.workflowExecutionInfo?.firstRunId || runId;
}

/** The first argument of a run, from the first event of its history; needs no worker. */
export async function readInput(client: Client, workflowId: string, runId: string): Promise<unknown> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  return payload ? defaultPayloadConverter.fromPayload(payload) : null;
}

/**
 * The newest run of a chain of runs that continue as new.
 * @param runId any run of the chain
 */
export async function findNewestOfChain(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<WorkflowExecutionDescription | null> {
  const newest = await describeRun(client, workflowId);
  if (newest === null || firstRunIdOf(newest) === runId) return newest;
  let run = await describeRun(client, workflowId, runId);
  while (run?.status.name === 'CONTINUED_AS_NEW') {
    const next = await readContinuation(client, workflowId, run.runId);
    const continued = next === null ? null : await describeRun(client, workflowId, next);
    // The namespace may have deleted it.
    if (continued === null) break;
    run = continued;
  }
  return run;
}

/** The run that continues this one, from the last event of its history. */
async function readContinuation(client: Client, workflowId: string, runId: string): Promise<string | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    historyEventFilterType: closeEventOnly,
  });
  return history?.events?.[0]?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? null;
}

/** `HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT` of Temporal's API. */
const closeEventOnly = 2;
