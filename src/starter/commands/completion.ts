/** Completion for shells: their scripts, and the answers that these ask for. */
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/**
 * What the command is called where it completes: shells ask it by this name, so that it has to be on the PATH
 * (package.json's `bin`).
 */
export const commandName = 'cloudflare-sso';

const epilogue = `
The command has to be on the PATH as ${commandName}; "npm link" puts it there.

Examples:
  source <(${commandName} completion bash)    # in ~/.bashrc
  source <(${commandName} completion zsh)     # in ~/.zshrc, after compinit
  ${commandName} completion fish | source     # in ~/.config/fish/config.fish
  ${commandName} completion powershell | Out-String | Invoke-Expression`;

/**
 * As much of the package bash-completion as the script for bash asks for, where that is not installed. It only splits at
 * blanks, and bash itself splits at \`=\` and \`:\` too, so what follows these is joined again.
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

/** Adds `completion`, and the hidden `complete` that the scripts call. Last, since it looks at what commands there are. */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: 'completion' });
  const completion = program.commands.find((command) => command.name() === 'completion');
  for (const argument of completion?.registeredArguments ?? []) argument.description = 'which shell';
  completion
    ?.description('write the completion script of a shell; how to use it: "completion --help"')
    .addHelpText('after', epilogue)
    // The script declares constants that other programs' scripts declare as well, and bash complains of the second time.
    .hook('preAction', (_, { args }) => {
      if (args[0] === 'bash') process.stdout.write(`${bashPreface}{\n`);
    })
    .hook('postAction', (_, { args }) => {
      if (args[0] === 'bash') process.stdout.write('} 2>/dev/null\n');
    });
}
