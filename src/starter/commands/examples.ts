import type { Command } from 'commander';

/**
 * Adds real command lines to a command's help, each without the name of the program: it is shown as it was called.
 *
 * @param examples `start example.com --follow`
 */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', () => {
    const program = command.parent ?? command;
    const lines = examples.map((example) => {
      // npm writes lines of its own on standard output.
      const isPiped = / [|>] |<\(/u.test(example);
      return `  ${isPiped ? program.name().replace('npm run ', 'npm run --silent ') : program.name()} ${example}`;
    });
    return `\nExamples:\n${lines.join('\n')}`;
  });
}
