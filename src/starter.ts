/** `npm run starter -- …`: the admin's command line. */
import { CommanderError } from 'commander';

import { ConfigError, readLookUpConfig, readStarterConfig } from './config.ts';
import { exitCodes } from './exit-codes.ts';
import { createProgram } from './starter/program.ts';
import { StarterError } from './starter/starter-error.ts';

/** As a shell reports a process that SIGINT ended. */
const interrupted = 130;

process.on('SIGINT', () => {
  process.stderr.write('\nStopped looking. Whatever was started goes on; "watch" shows it again.\n');
  process.exit(interrupted);
});

try {
  await createProgram({
    readConfig: () => readStarterConfig(process.env),
    readLookUpConfig: () => readLookUpConfig(process.env),
  }).parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has written its message already; asking for help is no mistake.
    return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  }
  if (error instanceof StarterError || error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    return error instanceof StarterError ? error.exitCode : exitCodes.usage;
  }
  process.stderr.write(`Unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.failed;
}
