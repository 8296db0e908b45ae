/** `npm run trigger`: serves the HTTP trigger until SIGTERM or SIGINT. */
import { once } from 'node:events';

import { Client, Connection } from '@temporalio/client';

import { ConfigError } from './environment/variables.ts';
import { exitCodes } from './environment/exit-codes.ts';
import { readTriggerConfig } from './trigger/config.ts';
import { createTriggerServer } from './trigger/server.ts';

async function main(): Promise<void> {
  const { temporal, listen, callers, logLevel } = readTriggerConfig(process.env);
  // Lazy: while Temporal cannot be reached, requests are answered with 503.
  const connection = Connection.lazy(temporal.connectionOptions);
  const client = new Client({ connection, namespace: temporal.namespace });
  const app = createTriggerServer({ client, callers, logLevel });
  try {
    const signalled = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    const address = await app.listen(listen);
    const names = [...callers.senders, ...callers.bearers].map(({ name }) => name);
    app.log.info({ address, temporal: temporal.address, callers: names }, 'Trigger ready');
    await signalled;
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
