/** Checks the Temporal server. Reads only. */
import { Connection } from '@temporalio/client';
import { optionalTsToDate, optionalTsToMs } from '@temporalio/common/lib/time.js';

import type { TemporalConfig } from '../config/temporal.ts';
import { cloudflareTaskQueue, onboardingTaskQueue } from '../contract/names/ids.ts';
import { findMissingSearchAttributes } from '../client/search-attributes.ts';
import { settle, skipAll } from './check.ts';
import type { Check, Limits, QueryResult } from './check.ts';
import {
  judgeNamespace,
  judgePollers,
  judgeSearchAttributes,
  judgeServer,
  temporalChecks,
  workerCheck,
} from './judge-temporal.ts';
import type { Polled } from './judge-temporal.ts';

/** What a worker has to poll each queue for, by Temporal's numbers of the kinds of task. */
const taskTypes = { workflows: 1, activities: 2 } as const;
const queues: { taskQueue: string; kinds: Polled['kind'][] }[] = [
  { taskQueue: onboardingTaskQueue, kinds: ['workflows', 'activities'] },
  { taskQueue: cloudflareTaskQueue, kinds: ['activities'] },
];
const inNamespace = [temporalChecks.searchAttributes, ...queues.map(({ taskQueue }) => workerCheck(taskQueue))];
const dayMilliseconds = 86_400_000;

/** @param config `null`: it cannot be read */
export async function examineTemporal(config: TemporalConfig | null, limits: Limits): Promise<Check[]> {
  if (config === null) {
    return skipAll([temporalChecks.server, temporalChecks.namespace, ...inNamespace], 'TEMPORAL_* cannot be used');
  }
  const { address, namespace, connectionOptions } = config;
  const opened = await settle(limits, async ({ timeoutMilliseconds: connectTimeout }) => {
    const connection = Connection.lazy({ ...connectionOptions, connectTimeout });
    try {
      await connection.ensureConnected();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  });
  if (!opened.ok) {
    const behind = skipAll([temporalChecks.namespace, ...inNamespace], 'there is no Temporal server to query');
    return [judgeServer(address, opened), ...behind];
  }
  try {
    return await examineNamespace(opened.value, { address, namespace, limits });
  } finally {
    await opened.value.close();
  }
}

async function examineNamespace(
  connection: Connection,
  { address, namespace, limits }: { address: string; namespace: string; limits: Limits },
): Promise<Check[]> {
  async function query<Answer>(call: () => Promise<Answer>): Promise<QueryResult<Answer>> {
    return await settle(
      limits,
      async ({ timeoutMilliseconds }) => await connection.withDeadline(Date.now() + timeoutMilliseconds, call),
    );
  }
  const { workflowService } = connection;
  const [version, retention] = await Promise.all([
    query(async () => (await workflowService.getSystemInfo({})).serverVersion),
    query(async () => {
      const { config } = await workflowService.describeNamespace({ namespace });
      const milliseconds = optionalTsToMs(config?.workflowExecutionRetentionTtl);
      return milliseconds === undefined ? null : Math.round(milliseconds / dayMilliseconds);
    }),
  ]);
  const checks = [judgeServer(address, version), judgeNamespace(namespace, retention)];
  if (!retention.ok) return [...checks, ...skipAll(inNamespace, 'the namespace cannot be used')];

  const [missing, ...workers] = await Promise.all([
    query(async () => await findMissingSearchAttributes(connection, namespace)),
    ...queues.map(async ({ taskQueue, kinds }) => {
      const polled = await query(
        async () => await Promise.all(kinds.map(async (kind) => await listPollers(taskQueue, kind))),
      );
      return judgePollers(taskQueue, polled, new Date());
    }),
  ]);
  return [...checks, judgeSearchAttributes(namespace, missing), ...workers];

  async function listPollers(taskQueue: string, kind: Polled['kind']): Promise<Polled> {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: taskTypes[kind],
    });
    return {
      kind,
      pollers: pollers.map(({ identity, lastAccessTime }) => ({
        identity: identity ?? 'a worker without a name',
        lastSeen: optionalTsToDate(lastAccessTime)?.getTime() ?? 0,
      })),
    };
  }
}
