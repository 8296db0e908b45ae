/** How a run ended, and what it left behind in the account and its zones. */
import { setTimeout as sleep } from 'node:timers/promises';

import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { expect } from 'vitest';
import { z } from 'zod';

import type { Simulator } from '../../simulator/simulator.ts';
import type { UndoReport } from '../../src/contract/schemas/undo.ts';

/** Long enough that only a run that hangs reaches it, even on a busy machine. */
export const hangsAfter = { timeout: 150_000, interval: 200 };

export type Ending =
  | { kind: 'enabled' }
  | { kind: 'undone'; report: UndoReport }
  | { kind: 'cancelled' | 'terminated' }
  | { kind: 'failed'; type: string; message: string };

const undoReports = z.tuple([
  z.object({
    cause: z.object({ by: z.enum(['failure', 'cancel', 'deadline']), type: z.string(), message: z.string() }),
    undone: z.array(z.string()),
    left: z.array(z.string()),
    givenUp: z.object({ by: z.string(), reason: z.string() }).nullable(),
  }),
]);

const hangs = Symbol('hangs');

/** Waits until the run has closed. */
export async function endingOf(handle: WorkflowHandle): Promise<Ending> {
  const closed = handle.result().then(
    () => null,
    (reason: unknown) => reason,
  );
  const error = await Promise.race([closed, sleep(hangsAfter.timeout, hangs, { ref: false })]);
  if (error === hangs) {
    const { pendingActivities } = (await handle.describe()).raw;
    const pending = pendingActivities?.map(({ activityType, lastFailure }) => [activityType?.name, lastFailure]);
    throw new Error(`it hangs; pending: ${JSON.stringify(pending)}`);
  }
  if (error === null) return { kind: 'enabled' };
  if (!(error instanceof WorkflowFailedError)) throw new Error('The run ended in an unknown way', { cause: error });
  const { cause } = error;
  if (cause instanceof CancelledFailure) return { kind: 'cancelled' };
  if (cause instanceof TerminatedFailure) return { kind: 'terminated' };
  if (!(cause instanceof ApplicationFailure)) return { kind: 'failed', type: 'none', message: String(cause) };
  if (cause.type !== 'Undone') return { kind: 'failed', type: cause.type ?? 'none', message: cause.message };
  const [report] = undoReports.parse(cause.details);
  return { kind: 'undone', report };
}

/** The account's connectors and every record of every zone, ids, comments and times included. */
export function snapshotOf({ account }: Simulator) {
  return structuredClone({
    // Cloudflare changes these by itself.
    connectors: account.connectors
      .list()
      .map(({ updatedOn: _updated, verificationRun: _run, ...connector }) => connector),
    records: account.zones.list().flatMap((zone) => [...zone.records]),
  });
}
export type Snapshot = ReturnType<typeof snapshotOf>;

/**
 * One connector, enabled; every record that was there before as it was; and the TXT value once, or perhaps no more, where
 * the connector was found verified and its value taken away.
 */
export function expectEnabledOnce(
  simulator: Simulator,
  before: Snapshot,
  value: 'once' | 'at most once' = 'once',
): void {
  const { connectors, records } = snapshotOf(simulator);
  expect(connectors).toMatchObject([{ enabled: true, status: 'verified', emailDomain: 'example.com' }]);
  const isValue = ({ content }: { content: string }) => connectors.some(({ code }) => content === `"${code}"`);
  expect(records.filter((record) => !isValue(record))).toEqual(before.records);
  const { length } = records.filter(isValue);
  expect(value === 'once' ? [1] : [0, 1]).toContain(length);
}

/** Exactly what was there before. */
export function expectAsFound(simulator: Simulator, before: Snapshot): void {
  expect(snapshotOf(simulator)).toEqual(before);
}

/** Undone completely because it was cancelled, with everything as found. */
export function expectUndoneByCancel(ending: Ending, simulator: Simulator, before: Snapshot): string {
  expectAsFound(simulator, before);
  const reported = ending.kind === 'undone' ? { ...ending.report, undone: [] } : ending;
  const cause = { by: 'cancel', type: 'Cancelled', message: 'the run was cancelled' };
  expect(reported).toEqual({ cause, undone: [], left: [], givenUp: null });
  return 'undone, as found';
}
