/** The command line of the admin: its commands, in the order in which the help shows them. */
import { Command, CommanderError } from 'commander';

import packageJson from '../../package.json' with { type: 'json' };
import { exitCodes } from '../environment/exit-codes.ts';
import type { ExitCode } from '../environment/exit-codes.ts';
import { ConfigError } from '../environment/variables.ts';
import type { Environment } from '../environment/variables.ts';
import { addAnswerCommands } from './commands/answers.ts';
import { addBulkCommand } from './commands/bulk.ts';
import type { CommandContext } from './commands/command-context.ts';
import { addCompletionCommand, commandName } from './commands/completion.ts';
import { addDnsCommand } from './commands/dns.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDriftScheduleCommand } from './commands/drift-schedule.ts';
import { addDriftCommand } from './commands/drift.ts';
import { addExamples } from './commands/examples.ts';
import { addRunCommands } from './commands/runs.ts';
import { addStartCommands } from './commands/start.ts';
import { StarterError } from './commands/starter-error.ts';
import { coloursOf } from './terminal/colours.ts';
import type { Streams } from './terminal/streams.ts';

const epilogue = `
Exit codes:
  0    done; for "--follow" and "watch": the connector is enabled, or the domain
       off-boarded
  1    the run failed, was cancelled or terminated; something else is in
       progress for the domain; the run does not accept the request; "dns",
       "doctor" or "drift" found a problem; "bulk": some domains are not enabled
  2    wrong usage or configuration, or the question before a change to how
       people sign in was not answered with yes; nothing was done
  3    no such run, or it has ended already
  4    no Temporal server could be reached, or no worker accepted the answer in
       time
  130  Ctrl-C; runs that were started continue

TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE … or temporal.toml name the Temporal
server. Colours appear on terminals only; NO_COLOR=1 turns them off, and
FORCE_COLOR=1 on.`;

/** Runs one command line. Every error is written to standard error. */
export async function runCommandLine(
  args: readonly string[],
  streams: Streams,
  environment: Environment,
): Promise<ExitCode> {
  const context = createProgram(streams, environment);
  try {
    await context.program.parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return reportError(error, streams);
  }
}

function createProgram(streams: Streams, environment: Environment): CommandContext {
  const program = new Command(commandName);
  const context: CommandContext = { program, streams, environment, exitCode: exitCodes.success };
  program
    .description('Onboards e-mail domains to Cloudflare dashboard SSO.')
    .helpOption('-h, --help', 'Show this help')
    .version(packageJson.version, '-V, --version', 'Show the version')
    .showHelpAfterError('(add --help for usage)')
    .configureHelp({
      // Wraps descriptions at 80 columns too, where the column of options is wide.
      minWidthToWrap: 30,
      // Without "[options]": every command has some.
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/^\[options\] ?/u, '')}`.trim(),
    })
    .configureOutput(outputTo(streams))
    .exitOverride();

  program.commandsGroup('Onboarding and off-boarding:');
  addStartCommands(context);
  addRunCommands(context);
  addBulkCommand(context);

  program.commandsGroup('Answers to a run that waits:');
  addAnswerCommands(context);

  program.commandsGroup('Checks:');
  addDoctorCommand(context);
  addDnsCommand(context);
  addDriftCommand(context);
  addDriftScheduleCommand(context);

  program.commandsGroup('This program:');
  addCompletionCommand(context);
  program.helpCommand('help [command]', 'Show the help of a command');

  // Completion needs the name of the installed command, so this comes after it.
  const isNpm = environment['npm_lifecycle_event'] === 'starter';
  program.name(isNpm ? 'npm run starter --' : commandName).addHelpText('after', epilogue);
  addExamples(
    program,
    'doctor example.com',
    'start example.com --follow',
    'status example.com',
    'watch example.com --json | jq .phase',
  );
  return context;
}

function helpWidth({ isTTY, columns }: Streams['stdout']): number {
  return isTTY === true && columns ? columns : 80;
}

function outputTo({ stdout, stderr }: Streams) {
  return {
    writeOut: (text: string) => void stdout.write(text),
    writeErr: (text: string) => void stderr.write(text),
    getOutHelpWidth: () => helpWidth(stdout),
    getErrHelpWidth: () => helpWidth(stderr),
  };
}

function reportError(error: unknown, { stderr }: Streams): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has written its message. Its exit code is 0 for --help and --version.
    return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  }
  if (error instanceof StarterError || error instanceof ConfigError) {
    const [first = '', ...more] = error.message.split('\n');
    stderr.write(`${[coloursOf(stderr).bad(first), ...more].join('\n')}\n`);
    return error instanceof StarterError ? error.exitCode : exitCodes.usage;
  }
  stderr.write(`Unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.failed;
}
