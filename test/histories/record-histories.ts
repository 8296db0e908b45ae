/**
 * `npm run record-histories` records what `test/workflows/replay.test.ts` replays, from real runs, and removes the histories
 * that no scenario names any more.
 */
import { rm, writeFile } from 'node:fs/promises';

import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { expect, it } from 'vitest';

import { startEarlyContinueServer } from '../support/early-continue-server.ts';
import { createWorld } from '../support/onboarding-world.ts';
import { historyFile, historyNames, listRecorded } from './histories.ts';
import { scenarios } from './scenarios.ts';

for (const { histories, simulator = {}, timings = {}, suggestedEvents, play } of scenarios) {
  it.concurrent(histories.join(', '), async () => {
    await using server = suggestedEvents === undefined ? null : await startEarlyContinueServer(suggestedEvents);
    await using world = await createWorld(simulator, { timings, ...(server && { address: server.address }) });
    const runs = await play(world);
    expect(runs).toHaveLength(histories.length);
    for (const [index, run] of runs.entries()) await record(run, histories[index] ?? 'none');
  });
}

/** Once it has ended. */
async function record(run: WorkflowHandle, name: string): Promise<void> {
  await run.result().catch(() => null);
  const json: unknown = JSON.parse(historyToJSON(await run.fetchHistory()), withoutMachine);
  await writeFile(historyFile(name), `${JSON.stringify(json, null, 1)}\n`);
}

/** Who recorded it, and where the files were, is of no use to a replay. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'stackTrace' || key === 'identity' ? '' : value;
}

it('nothing else is left', async () => {
  const old = (await listRecorded()).filter((name) => !historyNames.includes(name));
  await Promise.all(old.map(async (name) => await rm(historyFile(name))));
});
