/** `completion`: scripts that complete command lines in a shell, and the answers to their requests. */
import tab from '@bomb.sh/tab/commander';

import type { CommandContext } from './command-context.ts';

/** The name by which the scripts call the program, so it must be on the PATH under this name (package.json's `bin`). */
export const commandName = 'cloudflare-sso';

const epilogue = `
The command must be on the PATH as ${commandName}; "npm link" puts it there.

Examples:
  source <(${commandName} completion bash)    # in ~/.bashrc
  source <(${commandName} completion zsh)     # in ~/.zshrc, after compinit
  ${commandName} completion fish | source     # in ~/.config/fish/config.fish
  ${commandName} completion powershell | Out-String | Invoke-Expression`;

/**
 * Defines the one function of the package bash-completion that the script for bash calls, where that package is not installed.
 * It splits at spaces only. Bash also splits words at \`=\` and \`:\`, so the words cannot be taken from bash.
 */
const bashPreface = String.raw`if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        local line=${'$'}{COMP_LINE:0:COMP_POINT}
        read -ra words <<<"$line"
        if [[ $line == *[[:space:]] ]]; then words+=(''); fi
        cword=$((${'$'}{#words[@]} - 1))
        cur=${'$'}{words[cword]}
        prev=${'$'}{words[cword > 0 ? cword - 1 : 0]}
    }
fi
`;

/** Adds `completion`, and the hidden `complete` that the scripts call. Must come after the commands that it completes. */
export function addCompletionCommand({ program, streams: { stdout } }: CommandContext): void {
  tab(program, { completionCommandName: 'completion' });
  const completion = program.commands.find((command) => command.name() === 'completion');
  for (const argument of completion?.registeredArguments ?? []) argument.description = 'The shell';
  completion
    ?.description('Write the completion script of a shell; see "completion --help"')
    .addHelpText('after', epilogue)
    // The script declares constants that other programs' scripts declare too, and bash reports an error the second time.
    .hook('preAction', (_, { args }) => {
      if (args[0] === 'bash') stdout.write(`${bashPreface}{\n`);
    })
    .hook('postAction', (_, { args }) => {
      if (args[0] === 'bash') stdout.write('} 2>/dev/null\n');
    });
}
