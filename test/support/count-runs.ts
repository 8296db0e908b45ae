import { randomUUID } from 'node:crypto';

import type { Client } from '@temporalio/client';
import { expect, vi } from 'vitest';

import { waitOptions } from './onboarding-world.ts';

/**
 * Runs that the namespace has ever seen, of one workflow type or of all. The server's index lags behind its runs, in order:
 * once it has a run that was started now, it has all that came before.
 */
export async function countRuns(client: Client, type?: string): Promise<number> {
  const fence = await client.workflow.start('fence', { workflowId: `fence/${randomUUID()}`, taskQueue: 'nobody' });
  await vi.waitFor(async () => {
    expect((await client.workflow.count(`WorkflowId = '${fence.workflowId}'`)).count).toBe(1);
  }, waitOptions);
  await fence.terminate();
  return (await client.workflow.count(`WorkflowType ${type === undefined ? "!= 'fence'" : `= '${type}'`}`)).count;
}
