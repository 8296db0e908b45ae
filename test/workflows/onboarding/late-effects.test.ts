/** A write that Cloudflare carries out only when its caller has long gone: the undo has looked already, and looks again. */
import { describe, expect, it, vi } from 'vitest';

import { statusQuery } from '../../../src/contract/handlers.ts';
import type { LoggedCall } from '../../../simulator/call-log.ts';
import { matches } from '../../../simulator/faults.ts';
import { createWorld, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { close, judgeEnding } from '../fault-matrix/ending.ts';
import type { Handle } from '../fault-matrix/ending.ts';
import { look } from '../fault-matrix/found.ts';
import { cancelledWhenEnabled } from '../fault-matrix/scenarios.ts';

interface Effect {
  name: string;
  method: string;
  path: string;
  /** How the undo looks for it: this path, this often. */
  lookPath: string;
  looks: number;
  /** What the run then says that it did. */
  takenBack: string;
}

const connectors = '/accounts/*/sso_connectors';
const records = '/zones/*/dns_records';

const effects: Effect[] = [
  { name: 'a connector', method: 'POST', path: connectors, lookPath: connectors, looks: 2, takenBack: 'deleted' },
  { name: 'the TXT record', method: 'POST', path: records, lookPath: records, looks: 2, takenBack: 'removed' },
  {
    name: 'the enabling',
    method: 'PATCH',
    path: `${connectors}/*`,
    lookPath: `${connectors}/*`,
    looks: 1,
    takenBack: 'disabled',
  },
];

const cases = effects.flatMap((effect) =>
  (['deadline', 'cancel'] as const).flatMap((cause) =>
    (['refused', 'allowed'] as const).map((secondConnector) => ({ ...effect, effect, cause, secondConnector })),
  ),
);

const pace = {
  retryFirstSeconds: 0.1,
  retryMaxSeconds: 0.5,
  authRetrySeconds: 0.5,
  throttledSeconds: 0.5,
  // The effect has to land between two looks that are this far apart.
  attemptSeconds: 2,
  heartbeatSeconds: 1,
  undoRetrySeconds: 0.2,
};

/** Tried one after the other: a busy machine may not reach the write before the first. */
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

async function waitForUndoToLook({ simulator: { log } }: World, { lookPath, looks }: Effect, since: number) {
  const isLook = ({ at, method, path, answeredAt }: LoggedCall) =>
    Date.parse(at) >= since &&
    answeredAt !== null &&
    matches({ method: 'GET', path: lookPath, when: 'before', fault: 'hold' }, method, path);
  await vi.waitFor(() => expect(log.list().filter(isLook).length).toBeGreaterThanOrEqual(looks), {
    ...waitOptions,
    interval: 20,
  });
}

describe.concurrent('an effect that lands after the undo has looked for it is taken back all the same', () => {
  it.each(cases)(
    '$name, after a $cause, second connectors $secondConnector',
    async ({ effect, method, path, takenBack, cause, secondConnector }) => {
      for (const deadlineSeconds of cause === 'deadline' ? deadlines : [600]) {
        await using world = await createWorld({ secondConnector });
        const before = look(world);
        const { faults, log } = world.simulator;
        await world.startWorker();
        // Each try of the run's is held, so that several effects land at once.
        faults.add({ method, path, times: 'forever', when: 'before', fault: 'hold' });
        const handle = await world.start(world.input({ pace, deadlineSeconds }));
        if (cause === 'cancel') {
          await waitUntilHeld(world);
          await handle.cancel();
        }
        const since = await waitForUndo(world, handle);
        if (!log.list().some(isHeld)) continue;

        await waitForUndoToLook(world, effect, since);
        faults.removeAll();
        expect(faults.release()).toBeGreaterThan(0);

        const ending = judgeEnding(world, before, await close(handle));
        expect(ending).toMatchObject({ end: 'undone', problems: [] });
        expect(ending.failure).toContain(takenBack);
        const { undo } = await handle.query(statusQuery);
        expect(undo.cause?.by).toBe(cause);
        return;
      }
      throw new Error('No deadline was late enough for the write to begin before it');
    },
    180_000,
  );
});

describe.concurrent('a create that lands after another try has made the connector leaves no second one', () => {
  it.each(['refused', 'allowed'] as const)(
    'second connectors %s',
    async (secondConnector) => {
      // The values are found only after a while, so that the run is still under way when the late one lands.
      await using world = await createWorld({ secondConnector, nameServerLagSeconds: [1] });
      const before = look(world);
      const { account, faults } = world.simulator;
      await world.startWorker();
      faults.add({ method: 'POST', path: connectors, when: 'before', fault: 'hold' });
      const handle = await world.start(world.input({ pace }));
      await vi.waitFor(() => expect(account.connectors.list()).toHaveLength(1), waitOptions);
      expect(faults.release()).toBe(1);

      const ending = judgeEnding(world, before, await close(handle));
      expect(ending).toMatchObject({ end: 'enabled', problems: [] });
    },
    180_000,
  );
});

describe.concurrent('a run that wrote and was never answered takes everything back when it is cancelled', () => {
  it.each(['reset', 'no-answer', 'malformed', 'not-success'] as const)(
    '%s',
    async (fault) => {
      const { world: options, input, play } = cancelledWhenEnabled;
      await using world = await createWorld(options);
      const before = look(world);
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
