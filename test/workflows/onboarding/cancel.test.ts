import { afterAll, describe, expect, it, vi } from 'vitest';

import { createWorld } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { createReport, runCells } from '../cells.ts';
import { endingOf, expectAsFound, expectEnabledOnce, snapshotOf } from '../endings.ts';
import { releaseCalls } from '../kill-points.ts';
import {
  checking,
  nameStage,
  readingBack,
  readingConnectors,
  undoingSteps,
  waitForCancelRequest,
  waitForFirstUndoAttempt,
  waitForUndoing,
  waitingForDns,
  waitingForVerification,
  writing,
} from '../stages.ts';
import type { Stage } from '../stages.ts';
import {
  atOnce,
  atStage,
  callApi,
  deafTimings,
  expectUndone,
  promptTimings,
  theConnector,
  theZone,
} from './at-stage.ts';
import { reportOf } from './observations.ts';

// For a busy machine: a run that hangs fails its cell long before.
vi.setConfig({ testTimeout: 10 * 60_000 });

const { report, show } = createReport();
afterAll(show);

/** The call that is held is answered after the cancel request, and before its activity hears of it. */
async function undoneThoughAnswered(stage: Stage): Promise<string> {
  return await atStage(
    stage,
    async (staged) => {
      await staged.handle.cancel();
      await waitForCancelRequest(staged.handle);
      await releaseCalls(staged.world.simulator);
      return await expectUndone(staged);
    },
    deafTimings,
  );
}

describe.concurrent('a cancelled run', () => {
  it('closes as cancelled while it has written nothing', async () => {
    const rows = await runCells([checking, readingConnectors], atOnce, {
      name: nameStage,
      run: async (stage) =>
        await atStage(stage, async ({ world, handle, before }) => {
          await handle.cancel();
          const { kind } = await endingOf(handle);
          expect(kind).toBe('cancelled');
          await releaseCalls(world.simulator);
          expectAsFound(world.simulator, before);
          return kind;
        }),
    });
    report('Cancelled with nothing to undo', rows);
  });

  it('undoes everything, in every phase', async () => {
    const rows = await runCells([waitingForDns, waitingForVerification, readingBack], atOnce, {
      name: nameStage,
      run: async (stage) =>
        await atStage(stage, async (staged) => {
          await staged.handle.cancel();
          return await expectUndone(staged);
        }),
    });
    report('Cancelled while waiting', rows);
  });

  it('undoes what a call does that it no longer waits for', async () => {
    const cells = writing.flatMap((stage) => [
      { stage, release: 'before the first attempt of the undo' as const },
      ...(stage.owesEffect ? [{ stage, release: 'after the first attempt of the undo' as const }] : []),
    ]);
    const rows = await runCells(cells, atOnce, {
      name: ({ stage, release }) => `${nameStage(stage)}, released ${release}`,
      run: async ({ stage, release }) =>
        await atStage(stage, async (staged) => {
          const { world, handle } = staged;
          await handle.cancel();
          await (release === 'after the first attempt of the undo'
            ? waitForFirstUndoAttempt(handle)
            : waitForUndoing(handle));
          await releaseCalls(world.simulator);
          return await expectUndone(staged);
        }),
    });
    report('Cancelled during a call', rows);
  });

  it('undoes a call that is answered before its activity hears of the cancel', async () => {
    const rows = await runCells(writing, atOnce, {
      name: nameStage,
      run: undoneThoughAnswered,
    });
    report('Cancelled, and answered first', rows);
  });

  it('is undone also when the read-back confirms the enabling before its attempt has heard of the cancel', async () => {
    await undoneThoughAnswered(readingBack);
  });

  it('continues undoing when it is cancelled again', async () => {
    const rows = await runCells(undoingSteps, atOnce, {
      name: nameStage,
      run: async (stage) =>
        await atStage(stage, async (staged) => {
          await staged.handle.cancel();
          await releaseCalls(staged.world.simulator);
          return await expectUndone(staged);
        }),
    });
    report('Cancelled again in the undo', rows);
  });

  it('disables a connector that it adopted and enabled, and does not delete it', async () => {
    await using world = await createWorld({}, { timings: promptTimings });
    const { connectors } = world.simulator.account;
    const { id } = connectors.create({
      emailDomain: 'example.com',
      beginVerification: false,
      useFedrampLanguage: false,
    });
    connectors.change(id, { status: 'verified' });
    const before = snapshotOf(world.simulator);
    const reached = readingBack.arrange(world);
    await world.startWorker();
    const handle = await world.start(world.input());
    await reached(handle);
    expect(theConnector(world).enabled).toBe(true);
    await handle.cancel();
    const { undone } = reportOf(await endingOf(handle));
    expect(undone).toEqual([expect.stringMatching(/^disable-connector: /u)]);
    await expectUndone({ world, handle, before });
  });

  it.each([waitingForDns, waitingForVerification])(
    'leaves the connector and its TXT value, and names them, when somebody else enabled it in $phase',
    async (stage) => {
      await atStage(
        stage,
        async ({ world, handle, before }) => {
          const { id } = theConnector(world);
          world.simulator.account.connectors.change(id, { status: 'verified', enabled: true });
          await handle.cancel();
          const { left, undone } = reportOf(await endingOf(handle));
          expect(undone).toEqual([]);
          expect(left).toEqual([
            expect.stringMatching(new RegExp(`^delete-connector: .*${id}`, 'u')),
            expect.stringMatching(new RegExp(`^remove-txt-value: .*${id}`, 'u')),
          ]);
          expectEnabledOnce(world.simulator, before);
        },
        timingVariables({ heartbeatSeconds: 1, pollFirstSeconds: 3600, pollMaxSeconds: 3600 }),
      );
    },
  );

  it("leaves the same value in somebody else's record, and names it", async () => {
    await atStage(waitingForDns, async ({ world, handle, before }) => {
      const { code } = theConnector(world);
      const zone = theZone(world);
      const ours = zone.records.find(({ content }) => content === `"${code}"`);
      await callApi(world, 'DELETE', `/zones/${zone.id}/dns_records/${ours?.id}`);
      const theirs = { type: 'TXT', name: 'example.com', content: `"${code}"`, ttl: 300, comment: 'kept by hand' };
      await callApi(world, 'POST', `/zones/${zone.id}/dns_records`, theirs);
      await handle.cancel();
      const { left } = reportOf(await endingOf(handle));
      expect(left).toEqual([expect.stringMatching(/^remove-txt-value: .*somebody else/u)]);
      const { connectors, records } = snapshotOf(world.simulator);
      expect(connectors).toEqual([]);
      expect(records).toEqual([...before.records, expect.objectContaining(theirs)]);
    });
  });

  it('does not remove a value that somebody added during its own call', async () => {
    const [, , publishing] = writing;
    if (publishing === undefined) throw new Error('There is a stage for publishing');
    await atStage({ ...waitingForDns, ...publishing }, async ({ world, handle, before }) => {
      const { code } = theConnector(world);
      const theirs = { type: 'TXT', name: 'example.com', content: `"${code}"`, ttl: 300, comment: 'kept by hand' };
      await callApi(world, 'POST', `/zones/${theZone(world).id}/dns_records`, theirs);
      await handle.cancel();
      await waitForUndoing(handle);
      await releaseCalls(world.simulator);
      await endingOf(handle);
      const { connectors, records } = snapshotOf(world.simulator);
      expect(connectors).toEqual([]);
      expect(records).toEqual([...before.records, expect.objectContaining(theirs)]);
    });
  });
});
