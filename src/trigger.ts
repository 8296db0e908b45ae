/** `npm run trigger`: takes events and people's calls over HTTP until SIGTERM or SIGINT. */
import { once } from 'node:events';

import { Client, Connection } from '@temporalio/client';

import { ConfigError } from './environment/variables.ts';
import { exitCodes } from './environment/exit-codes.ts';
import { readTriggerConfig } from './trigger/config.ts';
import { createTriggerServer } from './trigger/server.ts';

async function main(): Promise<void> {
  const { temporal, listen, callers, logLevel } = readTriggerConfig(process.env);
  // Lazy: while Temporal cannot be reached, whoever asks is told to come again.
  const connection = Connection.lazy(temporal.connectionOptions);
  const client = new Client({ connection, namespace: temporal.namespace });
  const app = createTriggerServer({ client, callers, logLevel });
  try {
    const told = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    const address = await app.listen(listen);
    app.log.info({ address, temporal: temporal.address, callers: callers.map(({ name }) => name) }, 'Trigger ready');
    await told;
  } finally {
    await app.close();
    await connection.close();
  }
  app.log.info('Trigger stopped');
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    error instanceof ConfigError
      ? `${error.message}\n`
      : `The trigger failed: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = error instanceof ConfigError ? exitCodes.usage : exitCodes.failed;
}
