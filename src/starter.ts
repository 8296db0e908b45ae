/** `npm run starter -- …` or `cloudflare-sso …`: the admin's command line. */
import { CommanderError } from 'commander';

import { readLookUpConfig } from './config/look-ups.ts';
import { readStarterConfig } from './config/starter.ts';
import { ConfigError } from './environment/variables.ts';
import { exitCodes } from './environment/exit-codes.ts';
import { coloursOf } from './starter/terminal/colours.ts';
import { createProgram } from './starter/program.ts';
import { StarterError } from './starter/commands/starter-error.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  // Whoever read it has seen enough: `list | head`.
  process.exit(exitCodes.notRead);
});
let again = '"watch" shows it again';
process.on('SIGINT', () => {
  process.stderr.write(`\nStopped looking. Whatever was started goes on; ${again}.\n`);
  process.exit(exitCodes.interrupted);
});

try {
  const program = createProgram({
    calledAs: process.env['npm_lifecycle_event'] === 'starter' ? 'npm run starter --' : null,
    readConfig: () => readStarterConfig(process.env),
    readLookUpConfig: () => readLookUpConfig(process.env),
  }).hook('preAction', (_program, command) => {
    if (command.name() === 'bulk') again = 'the same command shows it again';
  });
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has written its message already; asking for help is no mistake.
    return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  }
  if (error instanceof StarterError || error instanceof ConfigError) {
    const [first = '', ...more] = error.message.split('\n');
    process.stderr.write(`${[coloursOf(process.stderr).bad(first), ...more].join('\n')}\n`);
    return error instanceof StarterError ? error.exitCode : exitCodes.usage;
  }
  process.stderr.write(`Unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.failed;
}
