import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { LocalTestWorkflowEnvironmentOptions } from '@temporalio/testing';

import { findTemporalCli } from './temporal-cli.js';

type ServerOptions = Omit<NonNullable<LocalTestWorkflowEnvironmentOptions['server']>, 'executable' | 'log'>;

/**
 * Starts the Temporal server of the demo and the tests, without persistence. It prints nothing, neither its log, which
 * warns of what is normal for a server that has just been started, nor its addresses; only the reason why it cannot
 * start comes on standard error.
 *
 * Throws when there is no usable Temporal CLI, or the server does not start within 5 s.
 */
export async function startDevServer({
  extraArgs = [],
  ...options
}: ServerOptions = {}): Promise<TestWorkflowEnvironment> {
  return await TestWorkflowEnvironment.createLocal({
    server: {
      ...options,
      executable: { type: 'existing-path', path: await findTemporalCli() },
      log: { format: 'pretty', level: 'never' },
      extraArgs: ['--output', 'none', ...extraArgs],
    },
  });
}
