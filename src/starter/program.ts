/** The admin's command line: its commands, in the order in which its help shows them. */
import { Command } from 'commander';

import type { LookUpConfig } from '../config/look-ups.ts';
import type { StarterConfig } from '../config/starter.ts';
import { addBulkCommand } from './commands/bulk.ts';
import { addCompletion, commandName } from './commands/completion.ts';
import { addDnsCommand } from './commands/dns.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDriftCommands } from './commands/drift.ts';
import { addExamples } from './commands/examples.ts';
import { addGiveUpUndo } from './commands/give-up-undo.ts';
import { addAnswerCommands } from './commands/answers.ts';
import { addOnboardingCommands } from './commands/onboarding.ts';
import { createSurroundings } from './commands/command-context.ts';

const epilogue = `
Exit codes:
  0    done; for "--follow" and "watch": the connector is enabled, or the domain
       off-boarded
  1    the run failed, was cancelled or terminated; another input is running;
       nobody waits for the answer, or for a look; "dns", "doctor" or "drift"
       found something; "bulk": some are not enabled
  2    wrong usage or configuration, or no yes to the question whether to change
       how people log in; nothing was done
  3    no such onboarding, or it has ended already
  4    no Temporal server could be reached, or no worker took the answer in time
  130  Ctrl-C; what was started goes on

Where Temporal is comes from TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE … or from
temporal.toml. Colours are for terminals; NO_COLOR=1 turns them off, and
FORCE_COLOR=1 on.`;

export interface ProgramOptions {
  /** How it was called, for usage and examples; by default as it is where it is installed. */
  calledAs: string | null;
  /** Both throw a ConfigError, and are asked only once a command really runs, so that `--help` always works. */
  readConfig: () => StarterConfig;
  readLookUpConfig: () => LookUpConfig;
}

export function createProgram({ calledAs, readConfig, readLookUpConfig }: ProgramOptions): Command {
  const program = new Command(commandName)
    .description('Onboards e-mail domains to Cloudflare dashboard SSO.')
    .showHelpAfterError('(add --help for usage)')
    .configureHelp({
      // The options of "start" are long, and terminals of 80 columns common.
      minWidthToWrap: 30,
      // Without "[options]": every command has some.
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/^\[options\] ?/u, '')}`.trim(),
    })
    .exitOverride();
  const surroundings = createSurroundings(program, readConfig);

  program.commandsGroup('Onboarding domains:');
  addOnboardingCommands(surroundings);
  addBulkCommand(surroundings);

  program.commandsGroup('Answers that an onboarding waits for:');
  addAnswerCommands(surroundings);
  addGiveUpUndo(surroundings);

  program.commandsGroup('Looking for what is wrong:');
  addDoctorCommand(program);
  addDnsCommand(program, readLookUpConfig);
  addDriftCommands(surroundings);

  program.commandsGroup('About this program:');
  addCompletion(program);
  program.helpCommand('help [command]', 'the same as --help of that command');

  program.name(calledAs ?? commandName).addHelpText('after', epilogue);
  return addExamples(
    program,
    'doctor example.com',
    'start example.com --follow',
    'status example.com',
    'watch example.com --json | jq .phase',
  );
}
