import type { Command } from 'commander';

/**
 * Adds examples to the help of a command.
 * @param examples command lines without the name of the program, which depends on how it was called
 */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', () => {
    const program = command.parent ?? command;
    const lines = examples.map((example) => {
      // npm writes its own lines to standard output.
      const isPiped = / [|>] |<\(/u.test(example);
      return `  ${isPiped ? program.name().replace('npm run ', 'npm run --silent ') : program.name()} ${example}`;
    });
    return `\nExamples:\n${lines.join('\n')}`;
  });
}
