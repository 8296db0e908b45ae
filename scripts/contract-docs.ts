/** The generated tables of docs/contract.md: the fields of each input, from its schema. */
import { z } from 'zod';

import { bulkInputSchema } from '../src/contract/schemas/bulk.ts';
import { driftInputSchema } from '../src/contract/schemas/drift.ts';
import { inputJsonSchema } from './json-schemas.ts';
import { offboardingInputSchema } from '../src/contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../src/contract/schemas/onboarding-input.ts';
import { fillPart, table } from './markdown.ts';

const inputs = {
  onboarding: onboardingInputSchema,
  offboarding: offboardingInputSchema,
  bulk: bulkInputSchema,
  drift: driftInputSchema,
};

export function fillContractPage(page: string): string {
  return Object.entries(inputs).reduce((filled, [name, schema]) => fillPart(filled, name, fieldTable(schema)), page);
}

/** As much of a JSON Schema as the table shows. */
const fieldSchema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  description: z.string(),
  default: z.union([z.string(), z.number(), z.boolean(), z.looseObject({})]).optional(),
  get properties() {
    return z.record(z.string(), fieldSchema).optional();
  },
});
type Field = z.output<typeof fieldSchema>;

function fieldTable(schema: z.ZodType): string {
  const { properties, required } = z
    .object({ properties: z.record(z.string(), fieldSchema), required: z.array(z.string()) })
    .parse(inputJsonSchema(schema));
  const rows = Object.entries(properties).flatMap(([name, field]) => listFields(name, field, required.includes(name)));
  return table(['Field', 'Type', 'Default', 'Meaning'], rows);
}

/** The row of a field, and those of its inner fields if it is small enough to show them. */
function listFields(name: string, field: Field, isRequired: boolean): string[][] {
  const standard = isRequired ? 'required' : describeDefault(field.default);
  const type = field.enum?.map((value) => `\`${value}\``).join(' ') ?? field.type ?? 'object';
  const inner = Object.entries(field.properties ?? {});
  if (name === 'options' || inner.length === 0) return [[`\`${name}\``, type, standard, field.description]];
  return inner.flatMap(([key, value]) => listFields(`${name}.${key}`, value, false));
}

function describeDefault(value: Field['default']): string {
  return value === undefined || typeof value === 'object' ? '–' : `\`${String(value)}\``;
}
