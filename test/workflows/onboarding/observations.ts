/** What the tests of onboardings read from a run, the log of its calls, and its account. */
import { ApplicationFailure } from '@temporalio/common';
import { expect } from 'vitest';
import { z } from 'zod';

import type { Connector } from '../../../src/contract/schemas/connector.ts';
import type { UndoReport } from '../../../src/contract/schemas/undo.ts';
import { failureOf } from '../../support/failure-of.ts';
import type { World } from '../../support/onboarding-world.ts';
import type { Ending } from '../endings.ts';

type Run = Parameters<typeof failureOf>[0];

/** Waits until the run has failed with the contract's failure. */
export async function applicationFailureOf(run: Run): Promise<ApplicationFailure> {
  const failure = await failureOf(run);
  if (failure instanceof ApplicationFailure) return failure;
  throw new Error('The run did not fail with an ApplicationFailure', { cause: failure });
}

export const problemsSchema = z.array(z.object({ subject: z.string(), problem: z.string(), remedy: z.string() }));

const undoReportsSchema = z.tuple([
  z.object({
    cause: z.object({ by: z.enum(['failure', 'cancel', 'deadline']), type: z.string(), message: z.string() }),
    left: z.array(z.string()),
  }),
]);

/** Expects the failure `Undone` with nothing left, and returns its cause. */
export async function causeOfUndo(run: Run): Promise<UndoReport['cause']> {
  const failure = await applicationFailureOf(run);
  expect(failure.type).toBe('Undone');
  const [report] = undoReportsSchema.parse(failure.details);
  expect(report.left).toEqual([]);
  return report.cause;
}

/** @throws {Error} if the run was not undone */
export function reportOf(ending: Ending): UndoReport {
  if (ending.kind !== 'undone') throw new Error(`It ended otherwise: ${JSON.stringify(ending)}`);
  return ending.report;
}

/** The calls that changed something, as `METHOD path`, ids left out. */
export function writesOf({ simulator }: World): string[] {
  const calls = simulator.log.list().filter(({ method }) => method !== 'GET');
  return calls.map(({ method, path }) => `${method} ${path.replaceAll(/[0-9a-f]{32}/gu, '{id}')}`);
}

export const writes = {
  create: 'POST /accounts/{id}/sso_connectors',
  publish: 'POST /zones/{id}/dns_records',
  begin: 'POST /accounts/{id}/sso_connectors/{id}/begin_verification',
  enable: 'PATCH /accounts/{id}/sso_connectors/{id}',
} as const;

/** The records of the account's zones, as text. @param without a TXT value whose records are left out */
export function recordsOf({ simulator }: World, without: string | null = null): string {
  const records = simulator.account.zones.list().flatMap((zone) => zone.records);
  return JSON.stringify(records.filter(({ content }) => without === null || !content.includes(without)));
}

export function addConnector({ simulator }: World, status: Connector['verificationStatus'], enabled = false) {
  const { connectors } = simulator.account;
  const fields = { emailDomain: 'example.com', beginVerification: false, useFedrampLanguage: false };
  return connectors.change(connectors.create(fields).id, { status, enabled });
}
