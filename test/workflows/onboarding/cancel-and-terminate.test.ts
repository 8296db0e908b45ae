import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { afterAll, describe, expect, it, vi } from 'vitest';

import { giveUpUndoUpdate } from '../../../src/contract/handlers.ts';
import type { OnboardingInput } from '../../../src/contract/schemas/onboarding-input.ts';
import type { UndoReport } from '../../../src/contract/schemas/undo.ts';
import { createWorld, testToken } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { createReport, runCells } from '../cells.ts';
import {
  endingOf,
  expectAsFound,
  expectEnabledOnce,
  expectUndoneByCancel,
  hangsAfter,
  snapshotOf,
} from '../endings.ts';
import type { Ending, Snapshot } from '../endings.ts';
import { releaseCalls } from '../kill-points.ts';
import {
  checking,
  lookingForConnector,
  nameStage,
  readingBack,
  takingBack,
  waitForCancelRequest,
  waitForFirstLook,
  waitForUndoing,
  waitingForDns,
  waitingForVerification,
  writing,
} from '../stages.ts';
import type { Stage } from '../stages.ts';

const atOnce = 4;
// For a busy machine: what hangs is told by its cell.
vi.setConfig({ testTimeout: 10 * 60_000 });

const { report, show } = createReport();
afterAll(show);

const quick = {
  retryFirstSeconds: 0.1,
  retryMaxSeconds: 0.5,
  authRetrySeconds: 0.5,
  throttledSeconds: 0.5,
  attemptSeconds: 3,
  heartbeatSeconds: 1,
  undoRetrySeconds: 0.2,
};
/** A call is answered long before its activity hears of a cancel. */
const deaf = { ...quick, attemptSeconds: 60, heartbeatSeconds: 50 };

interface Staged {
  world: World;
  handle: WorkflowHandle;
  before: Snapshot;
}

/** Runs `then` when a run has come to that stage. */
async function at<Result>(
  stage: Stage,
  then: (staged: Staged) => Promise<Result>,
  changes: Partial<OnboardingInput> = {},
): Promise<Result> {
  await using world = await createWorld(stage.simulator);
  const before = snapshotOf(world.simulator);
  const isThere = stage.arrange(world);
  await world.startWorker();
  const handle = await world.start(world.input({ pace: quick, ...stage.input, ...changes }));
  await isThere(handle);
  return await then({ world, handle, before });
}

async function expectUndone({ world, handle, before }: Staged): Promise<string> {
  return expectUndoneByCancel(await endingOf(handle), world.simulator, before);
}

/** As a human would in the dashboard. */
async function callApi(world: World, method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`${world.simulator.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
}

function theConnector({ simulator }: World) {
  const [connector] = simulator.account.connectors.list();
  if (connector === undefined) throw new Error('The account has no connector');
  return connector;
}

function theZone({ simulator }: World) {
  const [zone] = simulator.account.zones.list();
  if (zone === undefined) throw new Error('The account has no zone');
  return zone;
}

function reportOf(ending: Ending): UndoReport {
  if (ending.kind !== 'undone') throw new Error(`It ended otherwise: ${JSON.stringify(ending)}`);
  return ending.report;
}

describe('a cancelled run', () => {
  it('closes as cancelled while it has written nothing', async () => {
    const rows = await runCells([checking, lookingForConnector], atOnce, {
      name: nameStage,
      run: async (stage) =>
        await at(stage, async ({ world, handle, before }) => {
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

  it('takes everything back, in every phase', async () => {
    const rows = await runCells([waitingForDns, waitingForVerification, readingBack], atOnce, {
      name: nameStage,
      run: async (stage) =>
        await at(stage, async (staged) => {
          await staged.handle.cancel();
          return await expectUndone(staged);
        }),
    });
    report('Cancelled while waiting', rows);
  });

  it('takes back what a call does that it no longer waits for', async () => {
    const cells = writing.flatMap((stage) => [
      { stage, release: 'before the first look' as const },
      ...(stage.owesEffect ? [{ stage, release: 'between the looks' as const }] : []),
    ]);
    const rows = await runCells(cells, atOnce, {
      name: ({ stage, release }) => `${nameStage(stage)}, released ${release}`,
      run: async ({ stage, release }) =>
        await at(stage, async (staged) => {
          const { world, handle } = staged;
          await handle.cancel();
          await (release === 'between the looks' ? waitForFirstLook(handle) : waitForUndoing(handle));
          await releaseCalls(world.simulator);
          return await expectUndone(staged);
        }),
    });
    report('Cancelled while a call is on its way', rows);
  });

  it('takes back what is answered before the cancel is heard of', async () => {
    const rows = await runCells(writing, atOnce, {
      name: nameStage,
      run: async (stage) =>
        await at(
          stage,
          async (staged) => {
            await staged.handle.cancel();
            await waitForCancelRequest(staged.handle);
            await releaseCalls(staged.world.simulator);
            return await expectUndone(staged);
          },
          { pace: deaf },
        ),
    });
    report('Cancelled, and answered first', rows);
  });

  it('is undone also when the read-back confirms the enabling before the try has heard of the cancel', async () => {
    await at(
      readingBack,
      async (staged) => {
        await staged.handle.cancel();
        await waitForCancelRequest(staged.handle);
        await releaseCalls(staged.world.simulator);
        return await expectUndone(staged);
      },
      { pace: deaf },
    );
  });

  it('goes on undoing when it is cancelled again', async () => {
    const rows = await runCells(takingBack, atOnce, {
      name: nameStage,
      run: async (stage) =>
        await at(stage, async (staged) => {
          await staged.handle.cancel();
          await releaseCalls(staged.world.simulator);
          return await expectUndone(staged);
        }),
    });
    report('Cancelled again in the undo', rows);
  });

  it('disables a connector that it found and enabled, and does not delete it', async () => {
    await using world = await createWorld();
    const { connectors } = world.simulator.account;
    const { id } = connectors.create({
      emailDomain: 'example.com',
      beginVerification: false,
      useFedrampLanguage: false,
    });
    connectors.change(id, { status: 'verified' });
    const before = snapshotOf(world.simulator);
    const isThere = readingBack.arrange(world);
    await world.startWorker();
    const handle = await world.start(world.input({ pace: quick }));
    await isThere(handle);
    expect(theConnector(world).enabled).toBe(true);
    await handle.cancel();
    const { undone } = reportOf(await endingOf(handle));
    expect(undone).toEqual([expect.stringMatching(/^disable-connector: /u)]);
    await expectUndone({ world, handle, before });
  });

  it.each([waitingForDns, waitingForVerification])(
    'leaves the connector and its TXT value, and names them, when somebody else enabled it in $phase',
    async (stage) => {
      await at(
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
        { polling: { firstSeconds: 3600, growth: 0, maxSeconds: 3600 } },
      );
    },
  );

  it("leaves the same value in somebody else's record, and names it", async () => {
    await at(waitingForDns, async ({ world, handle, before }) => {
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

  it('does not take away a value that somebody added while its own call was on the way', async () => {
    const [, , publishing] = writing;
    if (publishing === undefined) throw new Error('There is a stage for publishing');
    await at({ ...waitingForDns, ...publishing }, async ({ world, handle, before }) => {
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

/** Until it is plain that the undo does not stop at the first failure. */
async function waitForTries({ simulator }: World, ruleId: string): Promise<void> {
  await vi.waitFor(() => {
    const tries = simulator.log.list().filter(({ fault }) => fault?.ruleId === ruleId);
    expect(tries.length).toBeGreaterThan(2);
  }, hangsAfter);
}

describe('giving up an undo', () => {
  const givenUp = { by: 'Ada', reason: 'the zone has moved to another account' };

  async function refusalOf(handle: WorkflowHandle, args: Partial<typeof givenUp>): Promise<string> {
    const error: unknown = await handle.executeUpdate('giveUpUndo', { args: [args] }).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof WorkflowUpdateFailedError)) throw new Error('It was not refused', { cause: error });
    return error.cause?.message ?? '';
  }

  it('is refused while no undo is under way', async () => {
    await at(waitingForDns, async (staged) => {
      expect(await refusalOf(staged.handle, givenUp)).toContain('No undo is under way');
      await staged.handle.cancel();
      await expectUndone(staged);
    });
  });

  it('is refused without a name or a reason', async () => {
    await at(waitingForDns, async ({ world, handle, before }) => {
      world.simulator.faults.add({ method: 'DELETE', times: 'forever', when: 'before', fault: { status: 500 } });
      await handle.cancel();
      await waitForUndoing(handle);
      expect(await refusalOf(handle, { reason: 'none' })).toContain('"by"');
      expect(await refusalOf(handle, { by: ' ', reason: 'none' })).toContain('"by"');
      expect(await refusalOf(handle, { by: 'Ada' })).toContain('"reason"');
      world.simulator.faults.removeAll();
      await expectUndone({ world, handle, before });
    });
  });

  it.each([
    ['the record', '/zones/*/dns_records/*', 'remove-txt-value', 'delete-connector'],
    ['the connector', '/accounts/*/sso_connectors/*', 'delete-connector', 'remove-txt-value'],
  ])('ends one that cannot delete %s, and names what is left', async (_what, path, stuck, undone) => {
    await at(waitingForDns, async ({ world, handle }) => {
      const { code } = theConnector(world);
      const failing = { times: 'forever', when: 'before', fault: { status: 500 } } as const;
      const ruleId = world.simulator.faults.add({ method: 'DELETE', path, ...failing });
      await handle.cancel();
      await waitForTries(world, ruleId);
      // What is stuck holds up nothing else.
      await world.waitForStatus(handle, ({ undo }) =>
        undo.steps.some(({ kind, state }) => kind === undone && state === 'undone'),
      );
      const answer = await handle.executeUpdate(giveUpUndoUpdate, { args: [givenUp] });
      const told = reportOf(await endingOf(handle));
      expect(told).toEqual(answer);
      expect(told.givenUp).toEqual(givenUp);
      expect(told.left).toEqual([`${stuck}: given up by ${givenUp.by}: ${givenUp.reason}`]);
      expect(told.undone).toEqual([expect.stringMatching(new RegExp(`^${undone}: `, 'u'))]);
      const { connectors, records } = snapshotOf(world.simulator);
      expect(connectors.map((connector) => connector.code)).toEqual(stuck === 'delete-connector' ? [code] : []);
      expect(records.some(({ content }) => content === `"${code}"`)).toBe(stuck === 'remove-txt-value');
    });
  });
});

describe('a terminated run', () => {
  const stages = [
    checking,
    lookingForConnector,
    ...writing,
    waitingForDns,
    waitingForVerification,
    readingBack,
    ...takingBack,
  ];
  // What an undo does can come at any time before the next run, which cannot know of it, but not in the midst of that one.
  const cells = stages.flatMap((stage) => [
    { stage, release: 'before the next start' as const },
    ...(stage.owesEffect && stage.phase !== 'undoing' ? [{ stage, release: 'last of all' as const }] : []),
  ]);

  it('leaves what the next run adopts and finishes', async () => {
    const rows = await runCells(cells, atOnce, {
      name: ({ stage, release }) => `${nameStage(stage)}${stage.owesEffect ? `, released ${release}` : ''}`,
      run: async ({ stage, release }) =>
        await at(stage, async ({ world, handle, before }) => {
          await handle.terminate();
          world.simulator.faults.removeAll();
          if (release === 'before the next start') await releaseCalls(world.simulator);
          for (const server of world.simulator.nameServers) {
            server.mode = 'normal';
            server.lagSeconds = 0;
          }
          const next = await world.start(world.input({ pace: quick }));
          await pokeVerifier(world, stage);
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

/** Where the verifier looked once and found nothing, it looks again only when it is asked to begin. */
async function pokeVerifier(world: World, stage: Stage): Promise<void> {
  if (stage !== waitingForVerification) return;
  const { id } = theConnector(world);
  await callApi(world, 'POST', `/accounts/${world.accountId}/sso_connectors/${id}/begin_verification`);
}
