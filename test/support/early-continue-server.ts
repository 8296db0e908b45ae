/** A Temporal server that suggests continue-as-new early, so that a short test sees what takes days with the real limit. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

import { findTemporalCli } from '../../scripts/temporal-cli.js';

/** @param events suggested once a history has this many; the server's default is 4,096 */
export async function startEarlyContinueServer(events: number): Promise<{ address: string } & AsyncDisposable> {
  // The development server takes dynamic configuration for all of its namespaces only.
  const server = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: await findTemporalCli() },
      extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${events}`],
    },
  });
  return { address: server.address, [Symbol.asyncDispose]: async () => await server.teardown() };
}
