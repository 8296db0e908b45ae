/** Worlds with a worker at work. Starting one costs more than a run, so one that is as it was at first is used again. */
import type { SimulatorOptions } from '../../../simulator/simulator.ts';
import { createWorld } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { look } from './found.ts';
import type { Found } from './found.ts';

export interface Lease {
  world: World;
  /** What was there at first. */
  before: Found;
  options: SimulatorOptions;
}

export interface Worlds extends AsyncDisposable {
  borrow: (options: SimulatorOptions) => Promise<Lease>;
  /** Only for a world in which all went as it should. */
  giveBack: (lease: Lease) => Promise<void>;
}

/** The account allows a token 1,200 in five minutes; no cell needs more than the difference. */
const enoughCalls = 900;

export function createWorlds(): Worlds {
  const idle: Lease[] = [];
  return {
    async borrow(options) {
      const index = idle.findIndex((lease) => lease.options === options);
      const [lease] = index < 0 ? [] : idle.splice(index, 1);
      if (lease !== undefined) return lease;
      const world = await createWorld(options);
      await world.startWorker();
      return { world, before: look(world), options };
    },

    async giveBack(lease) {
      const { world, before } = lease;
      const calls = world.simulator.log.list().at(-1)?.n ?? 0;
      tidy(world);
      const after = look(world);
      const isAsBefore = after.connectors === before.connectors && after.records === before.records;
      if (isAsBefore && calls < enoughCalls) idle.push(lease);
      else await world[Symbol.asyncDispose]();
    },

    async [Symbol.asyncDispose]() {
      await Promise.all(idle.splice(0).map(async ({ world }) => await world[Symbol.asyncDispose]()));
    },
  };
}

/** Takes away what a run brought about that ended enabled. */
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
