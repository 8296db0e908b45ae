/** Environment variables: each is declared once, as data that reading, .env.example and the documentation share. */

export type Environment = Readonly<Record<string, string | undefined>>;

export type ProcessName = 'worker' | 'starter' | 'trigger';

/** What people need to know of a variable. */
export interface Variable {
  name: string;
  /** One or more sentences. */
  meaning: string;
  readBy: readonly ProcessName[];
  /** What stands for a variable that is not set; `null`: nothing. */
  default: string | null;
  /** What happens when it is not set, where the default does not say it. */
  whenUnset: string | null;
  /** A value for .env.example, where there is no default. */
  example: string | null;
  /** Which values are accepted, such as `seconds, above 0, at most 86400`; `null`: the meaning says it. */
  accepts: string | null;
  /** Its value must never be shown. */
  secret: boolean;
  /** Nearly every installation sets it, so .env.example does. */
  usual: boolean;
}

/** One that is read by `readVariable`; others are read by a library. `parse` throws an error that says what is wrong. */
export interface ParsedVariable<Value> extends Variable {
  parse: (text: string) => Value;
}

/** Variables that belong together. */
export interface VariableGroup {
  title: string;
  variables: readonly Variable[];
}

type Declaration = Pick<Variable, 'name' | 'meaning' | 'readBy'> & Partial<Variable>;

/** A variable that a library reads. */
export function declareVariable(declaration: Declaration): Variable {
  return {
    default: null,
    whenUnset: null,
    example: null,
    accepts: null,
    secret: false,
    usual: false,
    ...declaration,
  };
}

/** @param parse throws an error that says what is wrong with the text, and does not quote a secret */
export function declareParsed<Value>(
  declaration: Declaration & { default: string },
  parse: (text: string) => Value,
): ParsedVariable<Value> & { default: string };
export function declareParsed<Value>(declaration: Declaration, parse: (text: string) => Value): ParsedVariable<Value>;
export function declareParsed<Value>(declaration: Declaration, parse: (text: string) => Value): ParsedVariable<Value> {
  return { ...declareVariable(declaration), parse };
}

export function declareChoice<const Choice extends string>(
  declaration: Declaration & { default: NoInfer<Choice>; choices: readonly Choice[] },
  normalise: (text: string) => string = (text) => text,
): ParsedVariable<Choice> & { default: string } {
  const { choices, ...rest } = declaration;
  return declareParsed({ ...rest, accepts: choices.join(', ') }, (text) => {
    const choice = choices.find((candidate) => candidate === normalise(text));
    if (choice === undefined) throw new RangeError(`"${text}" is not one of ${choices.join(', ')}`);
    return choice;
  });
}

/** A number above 0. */
export function declareNumber(
  declaration: Omit<Declaration, 'default'> & { default: number; most: number; unit: string | null },
): ParsedVariable<number> & { default: string } {
  const { most, unit, default: standard, ...rest } = declaration;
  const bounds = `above 0, at most ${most}`;
  const accepts = unit === null ? bounds : `${unit}, ${bounds}`;
  return declareParsed({ ...rest, accepts, default: String(standard) }, (text) => {
    const number = Number(text);
    if (!(number > 0 && number <= most)) throw new RangeError(`"${text}" is not a number above 0 and at most ${most}`);
    return number;
  });
}

/** What is wrong with the environment: one line for each variable, each with its name. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Its text without white space around it. An empty variable counts as not set: that is how compose files leave one out. */
export function textOf(environment: Environment, { name }: Pick<Variable, 'name'>): string | undefined {
  const text = environment[name]?.trim();
  return text === '' ? undefined : text;
}

export function isSet(environment: Environment, variable: Pick<Variable, 'name'>): boolean {
  return textOf(environment, variable) !== undefined;
}

/**
 * The variable's value, else its default, else `null`. A text that cannot be parsed is added to `problems`.
 */
export function readVariable<Value>(
  environment: Environment,
  variable: ParsedVariable<Value> & { default: string },
  problems: string[],
): Value;
export function readVariable<Value>(
  environment: Environment,
  variable: ParsedVariable<Value>,
  problems: string[],
): Value | null;
export function readVariable<Value>(
  environment: Environment,
  variable: ParsedVariable<Value>,
  problems: string[],
): Value | null {
  const text = textOf(environment, variable);
  if (text !== undefined) {
    try {
      return variable.parse(text);
    } catch (error) {
      problems.push(`${variable.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return variable.default === null ? null : variable.parse(variable.default);
}

/** @throws {ConfigError} when `read` adds to the problems that it is given */
export function readOrThrow<Config>(read: (problems: string[]) => Config): Config {
  const problems: string[] = [];
  const config = read(problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}
