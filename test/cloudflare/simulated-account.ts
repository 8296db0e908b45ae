import { onTestFinished } from 'vitest';

import { startSimulator } from '../../simulator/simulator.ts';
import type { Simulator, SimulatorOptions } from '../../simulator/simulator.ts';
import { token } from './clients.ts';

/** A simulated account that ends with the test. Its verifier queries DNS once when verification begins, and then not again for an hour. */
export async function startAccount(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({
    token,
    verifier: { everySeconds: 3600, timeoutSeconds: 172_800 },
    ...options,
  });
  onTestFinished(async () => await simulator.close());
  return simulator;
}
