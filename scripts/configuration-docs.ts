/** .env.example and the generated parts of docs/configuration.md, from what the code declares of its environment variables. */
import { variableGroups } from '../src/config/worker.ts';
import { providerDefinitions } from '../src/dns/providers/registry.ts';
import type { Variable, VariableGroup } from '../src/environment/variables.ts';
import { triggerVariables } from '../src/trigger/config.ts';
import { fillPart, table } from './markdown.ts';

const lineWidth = 100;

/** Every variable of the worker, the starter and the trigger. */
export const allVariableGroups: readonly VariableGroup[] = [...variableGroups, triggerVariables];

const exampleHeader = [
  'Copy to .env and fill in. A variable behind a # is off; its value there is the default, or an example where it says so.',
  'Docker Compose reads .env by itself; without it: node --env-file=.env src/worker.ts',
  'Made by "npm run docs" from what the code declares.',
];

/** The whole of .env.example. */
export function writeEnvExample(): string {
  const groups = allVariableGroups.map(({ title, variables }) =>
    [comment(`=== ${title} ===`), ...variables.map(writeExample)].join('\n\n'),
  );
  return `${[exampleHeader.map(comment).join('\n'), ...groups].join('\n\n')}\n`;
}

function writeExample(variable: Variable): string {
  const { name, meaning, usual, example, accepts, whenUnset } = variable;
  const value = usual ? (example ?? variable.default) : (variable.default ?? example);
  const details = [
    ...(accepts === null ? [] : [`Accepts: ${accepts}.`]),
    ...(whenUnset === null ? [] : [`When not set: ${whenUnset}.`]),
    ...(usual && variable.default !== null ? [`Default: ${variable.default}.`] : []),
    ...(usual || value === null || value === variable.default ? [] : ['Example:']),
  ];
  return [comment(meaning), ...details.map(comment), `${usual ? '' : '#'}${name}=${value ?? ''}`].join('\n');
}

/** Lines that begin with `#`. */
function comment(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= lineWidth) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines.join('\n');
}

/** The page with its generated parts made anew. @throws {Error} when a part's markers are missing */
export function fillConfigurationPage(page: string): string {
  return fillPart(fillPart(page, 'variables', variableTables()), 'providers', providerTable());
}

function variableTables(): string {
  return allVariableGroups
    .map(({ title, variables }) => {
      const rows = variables.map((variable) => {
        const { name, meaning, accepts, readBy, secret } = variable;
        const text = [meaning, ...(accepts === null ? [] : [`Accepts: ${accepts}.`]), ...(secret ? ['Secret.'] : [])];
        return [`\`${name}\``, describeDefault(variable), readBy.join(', '), text.join(' ')];
      });
      return `### ${title}\n\n${table(['Variable', 'Default', 'Read by', 'Meaning'], rows)}`;
    })
    .join('\n\n');
}

function describeDefault({ default: standard, whenUnset }: Variable): string {
  return standard === null ? (whenUnset ?? '–') : `\`${standard}\``;
}

function providerTable(): string {
  const rows = providerDefinitions.map(({ name, description, permissions, variables }) => [
    `\`${name}\``,
    description,
    permissions.join(', ') || '–',
    variables.map((variable) => `\`${variable.name}\``).join(', ') || '–',
  ]);
  return table(['Provider', 'Publishes in', 'Permissions', 'Variables'], rows);
}
