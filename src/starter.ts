/** `npm run starter -- …` or `cloudflare-sso …`: the command line of the admin. */
import { exitCodes } from './environment/exit-codes.ts';
import { runCommandLine } from './starter/program.ts';

const args = process.argv.slice(2);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  // The reader has closed the pipe, as in `list | head`.
  process.exit(exitCodes.notRead);
});
process.on('SIGINT', () => {
  const command = args[0] === 'bulk' ? 'the same command' : '"watch"';
  process.stderr.write(`\nInterrupted. A run that was started continues; ${command} shows it again.\n`);
  process.exit(exitCodes.interrupted);
});

process.exitCode = await runCommandLine(args, process, process.env);
