/** Command-line options made from the schema of an input: their names, descriptions, choices and defaults. */
import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';

import { renderDuration } from '../screens/duration.ts';

export type Field = z.core.JSONSchema.JSONSchema;

export interface SchemaOption {
  option: Option;
  /** Where in the input its value belongs: a field, or a field of an object. */
  path: readonly [field: string, inner?: string];
}

/** The fields of an object as its JSON Schema describes them. */
function fieldsOf(schema: z.ZodType): Map<string, Field> {
  return propertiesOf(z.toJSONSchema(schema, { io: 'input' }));
}

/** The fields of the elements of an array. */
export function elementFieldsOf(schema: z.ZodType): Map<string, Field> {
  const { items } = z.toJSONSchema(schema, { io: 'input' });
  return typeof items === 'object' && !Array.isArray(items) ? propertiesOf(items) : new Map<string, Field>();
}

function propertiesOf({ properties = {} }: Field): Map<string, Field> {
  return new Map(
    Object.entries(properties).flatMap(([name, field]): [string, Field][] =>
      typeof field === 'object' ? [[name, field]] : [],
    ),
  );
}

/** An option for each field but those to omit. The fields of an object have an option each. */
export function createSchemaOptions(schema: z.ZodType, omit: readonly string[]): SchemaOption[] {
  const fields = [...fieldsOf(schema)].filter(([name]) => !omit.includes(name));
  return fields.flatMap(([name, field]): SchemaOption[] =>
    field.properties === undefined
      ? [{ option: createOption([name], field), path: [name] }]
      : [...propertiesOf(field)].map(([inner, innerField]) => ({
          option: createOption([name, inner], innerField),
          path: [name, inner],
        })),
  );
}

/** The option of one field, whose flag is its name in kebab-case. */
function createOption(path: readonly string[], field: Field): Option {
  const words = path.join('-').replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
  const { description = '' } = field;
  if (field.type === 'boolean') return new Option(`--${words}`, description);
  if (field.enum !== undefined) {
    return new Option(`--${words} <choice>`, description).choices(field.enum.map(String)).default(field.default);
  }
  const unit = words.split('-').at(-1);
  if (field.type === 'string') return new Option(`--${words} <${unit}>`, description).default(field.default);
  const isDuration = unit === 'seconds';
  const explained = isDuration && typeof field.default === 'number' ? renderDuration(field.default) : null;
  return new Option(`--${words} <${isDuration ? unit : 'number'}>`, description)
    .default(field.default, explained === null ? undefined : `${String(field.default)}, ${explained}`)
    .argParser(createNumberParser(field));
}

function createNumberParser({ type, minimum, maximum }: Field): (text: string) => number {
  const wanted = type === 'integer' ? `a whole number from ${minimum} to ${maximum}` : 'a number';
  return (text) => {
    const value = Number(text);
    const isWanted =
      type === 'integer'
        ? Number.isInteger(value) && value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity)
        : Number.isFinite(value);
    if (text.trim() === '' || !isWanted) throw new InvalidArgumentError(`It must be ${wanted}.`);
    return value;
  };
}

/** The values given on the command line as a part of an input, not checked yet. */
export function collectInput(
  schemaOptions: readonly SchemaOption[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const { option, path } of schemaOptions) {
    const value = given[option.attributeName()];
    if (value === undefined) continue;
    const [field, inner] = path;
    input[field] = inner === undefined ? value : Object.assign(input[field] ?? {}, { [inner]: value });
  }
  return input;
}
