/** A write that Cloudflare carries out after the undo has checked for it: the undo checks again. */
import { describe, expect, it, vi } from 'vitest';

import type { LoggedCall } from '../../../simulator/call-log.ts';
import { matches } from '../../../simulator/faults.ts';
import { createWorld, readOnboardingStatus, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { close, judgeEnding } from '../fault-matrix/ending.ts';
import type { Handle } from '../fault-matrix/ending.ts';
import { readAccount } from '../fault-matrix/account.ts';
import { cancelledWhenEnabled } from '../fault-matrix/scenarios.ts';

interface Effect {
  name: string;
  method: string;
  path: string;
  /** How the undo checks for it: with this many reads of this path. */
  readPath: string;
  reads: number;
  /** What the run reports. */
  reported: string;
}

const connectors = '/accounts/*/sso_connectors';
const records = '/zones/*/dns_records';

const effects: Effect[] = [
  { name: 'a connector', method: 'POST', path: connectors, readPath: connectors, reads: 2, reported: 'deleted' },
  { name: 'the TXT record', method: 'POST', path: records, readPath: records, reads: 2, reported: 'removed' },
  {
    name: 'the enabling',
    method: 'PATCH',
    path: `${connectors}/*`,
    readPath: `${connectors}/*`,
    reads: 1,
    reported: 'disabled',
  },
];

const cases = effects.flatMap((effect) =>
  (['deadline', 'cancel'] as const).flatMap((cause) =>
    (['refused', 'allowed'] as const).map((secondConnector) => ({ ...effect, effect, cause, secondConnector })),
  ),
);

/** The effect has to happen between two checks of the undo, which are an attempt's timeout apart. */
const timings = timingVariables({ attemptSeconds: 2, heartbeatSeconds: 1 });

/** Tried one after the other: on a busy machine the write may not begin before the first. */
const deadlines = [8, 40];

function isHeld({ fault }: LoggedCall): boolean {
  return fault?.fault === 'hold';
}

async function waitUntilHeld({ simulator: { log } }: World): Promise<void> {
  await vi.waitFor(() => expect(log.list().some(isHeld)).toBe(true), waitOptions);
}

/** When the undo began, in milliseconds. */
async function waitForUndo(world: World, handle: Handle): Promise<number> {
  const { timeline } = await world.waitForStatus(handle, ({ undo }) => undo.cause !== null);
  return Date.parse(timeline.find(({ phase }) => phase === 'undoing')?.enteredAt ?? '');
}

async function waitForUndoToRead({ simulator: { log } }: World, { readPath, reads }: Effect, since: number) {
  const isRead = ({ at, method, path, answeredAt }: LoggedCall) =>
    Date.parse(at) >= since &&
    answeredAt !== null &&
    matches({ method: 'GET', path: readPath, when: 'before', fault: 'hold' }, method, path);
  await vi.waitFor(() => expect(log.list().filter(isRead).length).toBeGreaterThanOrEqual(reads), {
    ...waitOptions,
    interval: 20,
  });
}

describe.concurrent('an effect that happens after the undo has checked for it is undone all the same', () => {
  it.each(cases)(
    '$name, after a $cause, second connectors $secondConnector',
    async ({ effect, method, path, reported, cause, secondConnector }) => {
      for (const deadlineSeconds of cause === 'deadline' ? deadlines : [600]) {
        await using world = await createWorld({ secondConnector }, { timings });
        const before = readAccount(world);
        const { faults, log } = world.simulator;
        await world.startWorker();
        // Every attempt is held, so that several effects happen at once.
        faults.add({ method, path, times: 'forever', when: 'before', fault: 'hold' });
        const handle = await world.start(world.input({ deadlineSeconds }));
        if (cause === 'cancel') {
          await waitUntilHeld(world);
          await handle.cancel();
        }
        const since = await waitForUndo(world, handle);
        if (!log.list().some(isHeld)) continue;

        await waitForUndoToRead(world, effect, since);
        faults.removeAll();
        expect(faults.release()).toBeGreaterThan(0);

        const ending = judgeEnding(world, before, await close(handle));
        expect(ending).toMatchObject({ end: 'undone', problems: [] });
        expect(ending.failure).toContain(reported);
        const { undo } = await readOnboardingStatus(handle);
        expect(undo.cause?.by).toBe(cause);
        return;
      }
      throw new Error('No deadline was late enough for the write to begin before it');
    },
    180_000,
  );
});

describe.concurrent('a create that happens after another attempt has created the connector leaves no second one', () => {
  it.each(['refused', 'allowed'] as const)(
    'second connectors %s',
    async (secondConnector) => {
      // The values are found only after a while, so that the run is still in progress when the late create happens.
      await using world = await createWorld({ secondConnector, nameServerLagSeconds: [1] }, { timings });
      const before = readAccount(world);
      const { account, faults } = world.simulator;
      await world.startWorker();
      faults.add({ method: 'POST', path: connectors, when: 'before', fault: 'hold' });
      const handle = await world.start(world.input());
      await vi.waitFor(() => expect(account.connectors.list()).toHaveLength(1), waitOptions);
      expect(faults.release()).toBe(1);

      const ending = judgeEnding(world, before, await close(handle));
      expect(ending).toMatchObject({ end: 'enabled', problems: [] });
    },
    180_000,
  );
});

describe.concurrent('a run that wrote and was never answered undoes everything when it is cancelled', () => {
  it.each(['reset', 'no-answer', 'malformed', 'not-success'] as const)(
    '%s',
    async (fault) => {
      const { world: options, timings: patient, input, play } = cancelledWhenEnabled;
      await using world = await createWorld(options, { timings: patient });
      const before = readAccount(world);
      const { account, faults } = world.simulator;
      await world.startWorker();
      for (const { method, path } of effects) faults.add({ method, path, when: 'after', fault });
      let enabled: boolean[] = [];
      const handle = await play(world, world.input(input), () => {
        enabled = account.connectors.list().map((connector) => connector.enabled);
      });

      const ending = judgeEnding(world, before, await close(handle));
      expect(enabled).toEqual([true]);
      expect(ending).toMatchObject({ end: 'undone', problems: [] });
    },
    180_000,
  );
});
