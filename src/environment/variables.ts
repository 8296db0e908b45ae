/** Reading one environment variable at a time, and collecting what is wrong with them. */

/** What is wrong with the environment: one line for each variable, each with its name. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as not set: that is how compose files and CI systems leave one out. */
export function set(environment: Environment, name: string): string | undefined {
  const text = environment[name]?.trim();
  return text === '' ? undefined : text;
}

export function readChoice<const Choice extends string>(
  environment: Environment,
  variable: string,
  choices: readonly Choice[],
  fallback: NoInfer<Choice>,
  problems: string[],
  normalise: (text: string) => string = (text) => text,
): Choice {
  const text = set(environment, variable);
  if (text === undefined) return fallback;
  const choice = choices.find((candidate) => candidate === normalise(text));
  if (choice === undefined) problems.push(`${variable}: "${text}" is not one of ${choices.join(', ')}`);
  return choice ?? fallback;
}

export function readParsed<Value>(
  environment: Environment,
  variable: string,
  parse: (text: string) => Value,
  fallback: NoInfer<Value>,
  problems: string[],
): Value {
  const text = set(environment, variable);
  if (text === undefined) return fallback;
  try {
    return parse(text);
  } catch (error) {
    problems.push(`${variable}: ${error instanceof Error ? error.message : String(error)}`);
    return fallback;
  }
}

export function readPositiveNumber(
  environment: Environment,
  variable: string,
  fallback: number,
  problems: string[],
): number {
  const number = Number(set(environment, variable) ?? fallback);
  if (!(number > 0 && Number.isFinite(number)))
    problems.push(`${variable}: "${environment[variable]}" is not a number above 0`);
  return number;
}
