/** A Temporal server that suggests continue-as-new early, so that a short test sees what takes days with the real limit. */
import { startDevServer } from '../../scripts/dev-server.ts';

/** @param events suggested once a history has this many; the server's default is 4,096 */
export async function startEarlyContinueServer(events: number): Promise<{ address: string } & AsyncDisposable> {
  // The development server takes dynamic configuration for all of its namespaces only.
  const server = await startDevServer({
    extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${events}`],
  });
  return { address: server.address, [Symbol.asyncDispose]: async () => await server.teardown() };
}
