import type { WorkflowHandle } from '@temporalio/client';

import type { SimulatorOptions } from '../../simulator/simulator.ts';
import { approveUpdate } from '../../src/contract/handlers.ts';
import type { OnboardingInput } from '../../src/contract/schemas/onboarding-input.ts';
import type { World } from '../support/onboarding-world.ts';

/** What one or more recorded histories come from. */
export interface Scenario {
  /** The names of the histories, one for each run that `play` returns. */
  histories: readonly string[];
  simulator?: SimulatorOptions;
  /** Of the worker, as variables. */
  timings?: Readonly<Record<string, string>>;
  /** The server suggests continue-as-new once a history has this many events. */
  suggestedEvents?: number;
  /** Gets a world without a worker. The runs that it returns end by themselves. */
  play: (world: World) => Promise<WorkflowHandle[]>;
}

/** Starts a worker, and an onboarding of `example.com`. */
export async function startOnboarding(world: World, changes: Partial<OnboardingInput> = {}) {
  await world.startWorker();
  return await world.start(world.input(changes));
}

export const decision = { by: 'alex', reason: 'recorded' };

export async function approve(handle: WorkflowHandle): Promise<void> {
  await handle.executeUpdate(approveUpdate, { args: [decision] });
}
