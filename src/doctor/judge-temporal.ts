/** The checks of a Temporal server, from what the queries returned. Pure. */
import { isGrpcServiceError } from '@temporalio/client';

import { explainMissingSearchAttributes } from '../client/search-attributes.ts';
import { notOk, ok, messageOf } from './check.ts';
import type { Check, QueryResult } from './check.ts';

export const temporalChecks = {
  server: 'Temporal server',
  namespace: 'Temporal namespace',
  searchAttributes: 'search attributes',
} as const;

export function workerCheck(taskQueue: string): string {
  return `worker on ${taskQueue}`;
}

/** gRPC's status codes. */
const notFound = 5;
const permissionDenied = 7;
const unauthenticated = 16;

const changeKey = 'set TEMPORAL_API_KEY or the certificate of TEMPORAL_TLS_* to one that may use this namespace';

export function judgeServer(address: string, version: QueryResult<string>): Check {
  const name = temporalChecks.server;
  if (version.ok) return ok(name, `${address} answers (version ${version.value})`);
  const refused = [permissionDenied, unauthenticated].includes(codeOf(version.error) ?? 0);
  return refused
    ? notOk(name, `${address} refuses the connection: ${explain(version.error)}`, changeKey)
    : notOk(name, `${address} cannot be reached: ${explain(version.error)}`, 'start one, or set TEMPORAL_ADDRESS');
}

/** @param retentionDays how long the namespace keeps a run that has ended; `null`: unknown */
export function judgeNamespace(namespace: string, retentionDays: QueryResult<number | null>): Check {
  const name = temporalChecks.namespace;
  if (retentionDays.ok) {
    const days = retentionDays.value;
    return ok(
      name,
      `"${namespace}"${days === null ? '' : `, which keeps ended runs for ${days} ${days === 1 ? 'day' : 'days'}`}`,
    );
  }
  if (codeOf(retentionDays.error) === notFound) {
    const create = `temporal operator namespace create --retention 720h --namespace ${namespace}`;
    return notOk(name, `there is no namespace "${namespace}"`, `set TEMPORAL_NAMESPACE, or create it:\n${create}`);
  }
  return notOk(name, `"${namespace}" could not be read: ${explain(retentionDays.error)}`, changeKey);
}

export function judgeSearchAttributes(namespace: string, missing: QueryResult<string[]>): Check {
  const name = temporalChecks.searchAttributes;
  if (!missing.ok) return notOk(name, `they could not be read: ${explain(missing.error)}`, changeKey);
  if (missing.value.length === 0) return ok(name, 'all exist');
  const [, ...command] = explainMissingSearchAttributes(missing.value, namespace).trim().split('\n');
  const next = ['let an operator add them, once:', ...command.map((line) => line.trim())].join('\n');
  return notOk(name, `the namespace lacks ${missing.value.join(', ')}`, next);
}

/** Who polls a task queue for tasks of one kind. */
export interface Polled {
  kind: 'workflows' | 'activities';
  /** `lastSeen`: milliseconds since 1970, by the server's clock. */
  pollers: { identity: string; lastSeen: number }[];
}

/** A running worker polls at least once a minute; the server keeps the pollers of the last five minutes. */
const recentMilliseconds = 2 * 60_000;

export function judgePollers(taskQueue: string, polled: QueryResult<Polled[]>, now: Date): Check {
  const name = workerCheck(taskQueue);
  const start = 'start the worker where its environment is set: npm start';
  if (!polled.ok) return notOk(name, `the pollers could not be read: ${explain(polled.error)}`, changeKey);

  const isRecent = ({ lastSeen }: { lastSeen: number }): boolean => lastSeen >= now.getTime() - recentMilliseconds;
  const idle = polled.value.filter(({ pollers }) => !pollers.some(isRecent));
  const recent = polled.value.flatMap(({ pollers }) => pollers.filter(isRecent).map(({ identity }) => identity));
  if (idle.length === 0) return ok(name, `polled by ${[...new Set(recent)].toSorted().join(', ')}`);

  const gone = [...new Set(idle.flatMap(({ pollers }) => pollers.map(({ identity }) => identity)))].toSorted();
  const last = gone.length === 0 ? '' : `; ${gone.join(', ')} did, some minutes ago`;
  const what = idle.map(({ kind }) => kind).join(' and ');
  return notOk(name, `no worker polls for ${what}${last}`, start);
}

function codeOf(error: unknown): number | null {
  const service = serviceErrorIn(error);
  return service === null ? null : service.code;
}

function explain(error: unknown): string {
  return serviceErrorIn(error)?.details || messageOf(error);
}

function serviceErrorIn(error: unknown): { code: number; details: string } | null {
  const candidate = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  return isGrpcServiceError(candidate) ? candidate : null;
}
