import { afterAll, describe, expect, it, vi } from 'vitest';

import type { World } from '../../support/onboarding-world.ts';
import { createReport, runCells } from '../cells.ts';
import { endingOf, expectEnabledOnce } from '../endings.ts';
import { releaseCalls } from '../kill-points.ts';
import {
  checking,
  nameStage,
  readingBack,
  readingConnectors,
  undoingSteps,
  waitingForDns,
  waitingForVerification,
  writing,
} from '../stages.ts';
import type { Stage } from '../stages.ts';
import { atOnce, atStage, callApi, theConnector } from './at-stage.ts';

// For a busy machine: a run that hangs fails its cell long before.
vi.setConfig({ testTimeout: 10 * 60_000 });

const { report, show } = createReport();
afterAll(show);

describe('a terminated run', () => {
  const stages = [
    checking,
    readingConnectors,
    ...writing,
    waitingForDns,
    waitingForVerification,
    readingBack,
    ...undoingSteps,
  ];
  // A call of an undo can take effect at any time before the next run, which cannot know of it, but not during that run.
  const cells = stages.flatMap((stage) => [
    { stage, release: 'before the next start' as const },
    ...(stage.owesEffect && stage.phase !== 'undoing' ? [{ stage, release: 'after the next run' as const }] : []),
  ]);

  it('leaves what the next run adopts and finishes', async () => {
    const rows = await runCells(cells, atOnce, {
      name: ({ stage, release }) => `${nameStage(stage)}${stage.owesEffect ? `, released ${release}` : ''}`,
      run: async ({ stage, release }) =>
        await atStage(stage, async ({ world, handle, before }) => {
          await handle.terminate();
          world.simulator.faults.removeAll();
          if (release === 'before the next start') await releaseCalls(world.simulator);
          for (const server of world.simulator.nameServers) {
            server.mode = 'normal';
            server.lagSeconds = 0;
          }
          const next = await world.start(world.input());
          await beginVerification(world, stage);
          const { kind } = await endingOf(next);
          expect(kind).toBe('enabled');
          await releaseCalls(world.simulator);
          expectEnabledOnce(world.simulator, before, stage.phase === 'undoing' ? 'at most once' : 'once');
          return kind;
        }),
    });
    report('Terminated, and started again', rows);
  });
});

/** That stage's verifier queries DNS only when verification begins, and has found nothing. */
async function beginVerification(world: World, stage: Stage): Promise<void> {
  if (stage !== waitingForVerification) return;
  const { id } = theConnector(world);
  await callApi(world, 'POST', `/accounts/${world.accountId}/sso_connectors/${id}/begin_verification`);
}
