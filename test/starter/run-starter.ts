/** The admin's command line, as a process of its own. */
import { runProcess, startProcess } from '../support/run-process.ts';
import type { RunningProcess } from '../support/run-process.ts';

/** A world, or what else it finds in its environment. */
interface Surroundings {
  environment: Record<string, string>;
}

export function startStarter({ environment }: Surroundings, ...args: string[]): RunningProcess {
  return startProcess(['src/starter.ts', ...args], environment);
}

/** Runs it to its end. */
export async function runStarter({ environment }: Surroundings, ...args: string[]) {
  return await runProcess(['src/starter.ts', ...args], environment);
}

/** Where no server is. */
export const nowhere: Surroundings = { environment: { TEMPORAL_ADDRESS: '127.0.0.1:1' } };
/** Nothing is configured. */
export const unconfigured: Surroundings = { environment: {} };
