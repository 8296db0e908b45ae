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

/** One that is read by `readVariable`; others are read by a library. */
interface ParsedVariable<Value> extends Variable {
  /** @throws {Error} that says what is wrong with the text, and does not quote a secret */
  parse: (text: string) => Value;
  /** What stands for it when it is not set. */
  unset: Value;
}

/** Variables that belong together. */
export interface VariableGroup {
  title: string;
  variables: readonly Variable[];
}

/** `readBy` left out: the worker alone. */
type Declaration = Pick<Variable, 'name' | 'meaning'> & Partial<Variable>;

/** A variable that a library reads. */
export function declareVariable(declaration: Declaration): Variable {
  return {
    readBy: ['worker'],
    default: null,
    whenUnset: null,
    example: null,
    accepts: null,
    secret: false,
    usual: false,
    ...declaration,
  };
}

/** `null` when it is not set, unless it has a default. */
export function declareParsed<Value>(
  declaration: Declaration & { default: string },
  parse: (text: string) => Value,
): ParsedVariable<Value>;
export function declareParsed<Value>(
  declaration: Declaration,
  parse: (text: string) => Value,
): ParsedVariable<Value | null>;
export function declareParsed<Value>(declaration: Declaration, parse: (text: string) => Value) {
  const variable = declareVariable(declaration);
  return { ...variable, parse, unset: variable.default === null ? null : parse(variable.default) };
}

export function declareChoice<const Choice extends string>(
  declaration: Declaration & { default: NoInfer<Choice>; choices: readonly Choice[] },
  normalise: (text: string) => string = (text) => text,
): ParsedVariable<Choice> {
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
): ParsedVariable<number> {
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

/** Its text without whitespace around it. An empty variable counts as not set: that is how compose files leave one out. */
export function textOf(environment: Environment, { name }: Pick<Variable, 'name'>): string | undefined {
  const text = environment[name]?.trim();
  return text === '' ? undefined : text;
}

export function isSet(environment: Environment, variable: Pick<Variable, 'name'>): boolean {
  return textOf(environment, variable) !== undefined;
}

/** The variable's value, or what stands for it. A text that cannot be parsed is added to `problems`. */
export function readVariable<Value>(
  environment: Environment,
  variable: ParsedVariable<Value>,
  problems: string[],
): Value {
  const text = textOf(environment, variable);
  if (text === undefined) return variable.unset;
  try {
    return variable.parse(text);
  } catch (error) {
    problems.push(`${variable.name}: ${error instanceof Error ? error.message : String(error)}`);
    return variable.unset;
  }
}

/** The value of each of these variables. */
export function readVariables<Values>(
  environment: Environment,
  variables: { readonly [Key in keyof Values]: ParsedVariable<Values[Key]> },
  problems: string[],
): Values {
  const read = Object.entries<ParsedVariable<Values[keyof Values]>>(variables).map(([key, variable]) => [
    key,
    readVariable(environment, variable, problems),
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `fromEntries` loses which value belongs to which key
  return Object.fromEntries(read) as Values;
}

/** @throws {ConfigError} when `read` adds to the problems that it is given */
export function readOrThrow<Config>(read: (problems: string[]) => Config): Config {
  const problems: string[] = [];
  const config = read(problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}
