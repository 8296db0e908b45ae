/** How a run ended, and what is wrong about that. */
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';

import type { LoggedCall } from '../../../simulator/call-log.ts';
import { failureTypes } from '../../../src/contract/names/failure-types.ts';
import type { OnboardingResult } from '../../../src/contract/schemas/onboarding-status.ts';
import type { World } from '../../support/onboarding-world.ts';
import { readAccount } from './account.ts';
import type { AccountText } from './account.ts';

/**
 * - `enabled`: one connector more, enabled, with its one TXT value
 * - `undone`: everything as found, and the run reports what it undid
 * - `untouched`: everything as found, because nothing was written
 */
export type End = 'enabled' | 'undone' | 'untouched';

export type Handle = Awaited<ReturnType<World['start']>>;

export type Closed = { kind: 'completed'; result: OnboardingResult } | { kind: 'failed'; error: unknown };

export interface Ending {
  /** `null`: none of the ends that a run may have. */
  end: End | null;
  /** What the run failed with, in words; `null` when it completed. */
  failure: string | null;
  problems: string[];
}

const reportsSchema = z.tuple([
  z.object({
    cause: z.object({ by: z.enum(['failure', 'cancel', 'deadline']), type: z.string(), message: z.string() }),
    undone: z.array(z.string()),
    left: z.array(z.string()),
    givenUp: z.null(),
  }),
]);

/** Waits until the run has closed. */
export async function close(handle: Handle): Promise<Closed> {
  return await handle.result().then(
    (result): Closed => ({ kind: 'completed', result }),
    (error: unknown): Closed => ({ kind: 'failed', error }),
  );
}

/** @param before what was there when the run started */
export function judgeEnding(world: World, before: AccountText, closed: Closed): Ending {
  return closed.kind === 'completed' ? judgeEnabled(world, before, closed.result) : judgeFailed(world, before, closed);
}

function judgeEnabled(world: World, before: AccountText, result: OnboardingResult): Ending {
  const { account } = world.simulator;
  const [connector, ...others] = account.connectors.list();
  const problems: string[] = [];
  if (!connector?.enabled || connector.status !== 'verified' || connector.id !== result.connectorId)
    problems.push(`it says enabled, and the connector is ${JSON.stringify(connector)}`);
  if (others.length > 0) problems.push(`${others.length} connectors too many`);
  const code = connector?.code ?? '';
  const own = account.zones.list().flatMap((zone) => zone.records.filter(({ content }) => content === `"${code}"`));
  if (own.length !== 1) problems.push(`${own.length} records with the TXT value`);
  if (readAccount(world, code).records !== before.records) problems.push('other records are not as found');
  return { end: 'enabled', failure: null, problems };
}

function judgeFailed(world: World, before: AccountText, { error }: Extract<Closed, { kind: 'failed' }>): Ending {
  const after = readAccount(world);
  const problems: string[] = [];
  if (after.connectors !== before.connectors) problems.push(`connectors are not as found: ${after.connectors}`);
  if (after.records !== before.records) problems.push('records are not as found');

  const cause = error instanceof WorkflowFailedError ? error.cause : error;
  if (!(cause instanceof ApplicationFailure) || !failureTypes.some((type) => type === cause.type))
    return { end: null, failure: String(cause), problems: [...problems, `it ended with ${String(cause)}`] };
  const failure = `${cause.type}: ${cause.message}`;
  if (cause.type !== 'Undone') {
    const written = world.simulator.log.list().filter(hadEffect);
    if (written.length > 0) problems.push(`it wrote (${written.map(({ method }) => method).join(', ')}): ${failure}`);
    return { end: 'untouched', failure, problems };
  }
  const reports = reportsSchema.safeParse(cause.details);
  if (!reports.success) problems.push(`its report is not one: ${reports.error.message}`);
  else if (reports.data[0].left.length > 0) problems.push(`it left ${reports.data[0].left.join(', ')}`);
  return { end: 'undone', failure, problems };
}

function hadEffect({ method, status, fault }: LoggedCall): boolean {
  return method !== 'GET' && (fault === undefined ? (status ?? 0) < 400 : fault.when === 'after');
}
