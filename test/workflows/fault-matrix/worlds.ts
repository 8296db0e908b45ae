/** Worlds with a running worker. Starting one costs more than a run, so a world is used again if it is as it was at first. */
import type { SimulatorOptions } from '../../../simulator/simulator.ts';
import { createWorld } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { readAccount } from './account.ts';
import type { AccountText } from './account.ts';

export interface Lease {
  world: World;
  /** What was there at first. */
  before: AccountText;
  options: SimulatorOptions;
  timings: Timings;
}

/** Of the worker, as variables. */
type Timings = Readonly<Record<string, string>>;

export interface Worlds extends AsyncDisposable {
  borrow: (options: SimulatorOptions, timings?: Timings) => Promise<Lease>;
  /** Only for a world in which the run ended as expected. */
  giveBack: (lease: Lease) => Promise<void>;
}

/** The account allows a token 1,200 in five minutes; no cell needs more than the difference. */
const enoughCalls = 900;
const noTimings: Timings = {};

export function createWorlds(): Worlds {
  const idle: Lease[] = [];
  return {
    async borrow(options, timings = noTimings) {
      const index = idle.findIndex((lease) => lease.options === options && lease.timings === timings);
      const [lease] = index < 0 ? [] : idle.splice(index, 1);
      if (lease !== undefined) return lease;
      const world = await createWorld(options, { timings });
      await world.startWorker();
      return { world, before: readAccount(world), options, timings };
    },

    async giveBack(lease) {
      const { world, before } = lease;
      const calls = world.simulator.log.list().at(-1)?.n ?? 0;
      tidy(world);
      const after = readAccount(world);
      const isAsBefore = after.connectors === before.connectors && after.records === before.records;
      if (isAsBefore && calls < enoughCalls) idle.push(lease);
      else await world[Symbol.asyncDispose]();
    },

    async [Symbol.asyncDispose]() {
      await Promise.all(idle.splice(0).map(async ({ world }) => await world[Symbol.asyncDispose]()));
    },
  };
}

/** Removes what a run that ended enabled has left. */
function tidy({ simulator: { account, faults } }: World): void {
  faults.removeAll();
  for (const { id, code } of account.connectors.list()) {
    account.connectors.change(id, { enabled: false });
    account.connectors.remove(id);
    for (const zone of account.zones.list()) {
      for (const record of zone.records.filter(({ content }) => content === `"${code}"`)) zone.remove(record.id);
    }
  }
}
