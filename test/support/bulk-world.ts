/** Many domains in a world: zones of their own, lists of them, and runs over those lists. */
import type { WorkflowHandle } from '@temporalio/client';
import { vi } from 'vitest';

import { startOrJoinBulk } from '../../src/client/start-bulk.ts';
import { bulkStatusQuery } from '../../src/contract/handlers.ts';
import type { BulkWorkflow } from '../../src/contract/handlers.ts';
import { bulkIdFor, bulkWorkflowType, onboardingTaskQueue } from '../../src/contract/names/ids.ts';
import { bulkInputSchema } from '../../src/contract/schemas/bulk.ts';
import type { BulkInput, BulkRow, BulkStatus, RowReport } from '../../src/contract/schemas/bulk.ts';
import type { OnboardingInput } from '../../src/contract/schemas/onboarding-input.ts';
import { waitOptions } from './onboarding-world.ts';
import type { World } from './onboarding-world.ts';

/** `company001.com` and so on. */
export function nameDomains(count: number, word = 'company'): string[] {
  return Array.from({ length: count }, (_, index) => `${word}${String(index + 1).padStart(3, '0')}.com`);
}

/** The account has a zone for each. */
export function addZones({ simulator }: World, domains: string[]): void {
  simulator.account.patch({
    zones: domains.map((name) => ({ name, records: [{ type: 'MX', name, content: `mail.${name}`, priority: 10 }] })),
  });
}

/** Rows that are over in fractions of seconds; their name servers are not asked. */
export function bulkOf(world: World, rows: (string | BulkRow)[], changes: Partial<BulkInput> = {}): BulkInput {
  const { accountId, emailDomain: _, ...options } = world.input({ propagationCheck: 'off' });
  return {
    accountId,
    rows: rows.map((row) => (typeof row === 'string' ? { emailDomain: row } : row)),
    options,
    ...changes,
  };
}

/** What one row's run is started with, so that it can be started by somebody else. */
export function inputOfRow({ accountId, options }: BulkInput, emailDomain: string): OnboardingInput {
  return { accountId, ...options, emailDomain };
}

export async function startBulk({ client }: World, input: BulkInput): Promise<WorkflowHandle<BulkWorkflow>> {
  const { workflowId } = await startOrJoinBulk(client, bulkInputSchema.parse(input));
  return client.workflow.getHandle<BulkWorkflow>(workflowId);
}

/** As any client may, with anything. */
export async function startAnything(
  { client, accountId }: World,
  input: unknown,
  id = bulkIdFor(accountId, 'by-hand'),
) {
  return await client.workflow.start<(input: unknown) => Promise<unknown>>(bulkWorkflowType, {
    workflowId: id,
    taskQueue: onboardingTaskQueue,
    args: [input],
  });
}

export async function waitForBulk(
  handle: WorkflowHandle,
  isReached: (status: BulkStatus) => boolean,
  timeout = waitOptions.timeout,
): Promise<BulkStatus> {
  return await vi.waitFor(
    async () => {
      const status = await handle.query(bulkStatusQuery);
      if (!isReached(status)) throw new Error(`still ${JSON.stringify(status.counts)}`);
      return status;
    },
    { ...waitOptions, timeout },
  );
}

export function outcomesOf(rows: readonly RowReport[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ emailDomain, outcome }) => [emailDomain, outcome]));
}
