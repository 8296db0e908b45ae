/** Off-boarding as a client starts it, and how it ends. */
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { vi } from 'vitest';
import { z } from 'zod';

import { onboardingTaskQueue, workflowIdFor, workflowTypes } from '../../../src/contract/names/ids.ts';
import { statusQuery } from '../../../src/contract/handlers.ts';
import type {
  OffboardingInput,
  OffboardingResult,
  OffboardingStatus,
} from '../../../src/contract/schemas/offboarding.ts';
import { openRecord, recordOf } from '../../support/drift-world.ts';
import { addTxtByHand, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';

export type Offboarding = WorkflowHandleWithFirstExecutionRunId<(input: unknown) => Promise<OffboardingResult>>;

/** An input for `example.com`. */
export function offboardingInput(world: World, changes: Partial<OffboardingInput> = {}): OffboardingInput {
  const { accountId, emailDomain } = world.input();
  return { accountId, emailDomain, ...changes };
}

export async function startOffboarding(world: World, changes: Partial<OffboardingInput> = {}): Promise<Offboarding> {
  const input = offboardingInput(world, changes);
  return await world.client.workflow.start<(input: unknown) => Promise<OffboardingResult>>(workflowTypes.offboarding, {
    workflowId: workflowIdFor(input.accountId, input.emailDomain),
    taskQueue: onboardingTaskQueue,
    args: [input],
  });
}

export async function waitForApprovalRequest(handle: Offboarding): Promise<OffboardingStatus> {
  return await vi.waitFor(async () => {
    const status = await handle.query(statusQuery);
    if (status.kind !== 'offboarding' || status.phase !== 'waiting-for-approval')
      throw new Error(`still ${status.kind}, ${status.phase}: ${status.reason}`);
    return status;
  }, waitOptions);
}

/**
 * `example.com` as an onboarding leaves it: connector, TXT value and record, without the time that an onboarding takes. For
 * tests of many cells.
 */
export async function leaveEnabled(world: World): Promise<void> {
  const { account } = world.simulator;
  const { emailDomain } = world.input();
  const wanted = { emailDomain, useFedrampLanguage: false, beginVerification: true };
  const { id, code } = account.connectors.create(wanted);
  const connector = account.connectors.change(id, { status: 'verified', enabled: true });
  const { zoneId, recordId } = await addTxtByHand(world, emailDomain, code);
  await openRecord(world, recordOf(world, connector, { zone: { apex: emailDomain, zoneId }, recordId }));
}

const stops = z.tuple([
  z.object({
    cause: z.object({ by: z.enum(['failure', 'cancel', 'deadline']), type: z.string(), message: z.string() }),
    done: z.array(z.string()),
    left: z.array(z.string()),
  }),
]);

export type OffboardingEnding =
  | { kind: 'offboarded'; result: OffboardingResult }
  | { kind: 'incomplete'; stop: z.infer<typeof stops>[0] }
  | { kind: 'failed'; type: string; message: string }
  | { kind: 'cancelled' };

export async function endOfOffboarding(handle: Offboarding): Promise<OffboardingEnding> {
  try {
    return { kind: 'offboarded', result: await handle.result() };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (cause instanceof CancelledFailure) return { kind: 'cancelled' };
    if (!(cause instanceof ApplicationFailure)) throw error;
    if (cause.type !== 'OffboardingIncomplete')
      return { kind: 'failed', type: cause.type ?? 'none', message: cause.message };
    const [stop] = stops.parse(cause.details);
    return { kind: 'incomplete', stop };
  }
}
