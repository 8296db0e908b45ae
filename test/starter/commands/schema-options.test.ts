import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { bulkInputSchema } from '../../../src/contract/schemas/bulk.ts';
import { driftInputSchema } from '../../../src/contract/schemas/drift.ts';
import { inputJsonSchema } from '../../../scripts/json-schemas.ts';
import { offboardingInputSchema } from '../../../src/contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../../../src/contract/schemas/onboarding-input.ts';
import { inputOptionsOf } from '../../../src/starter/commands/input-options.ts';
import { collectInput, createSchemaOptions } from '../../../src/starter/commands/schema-options.ts';
import { runStarter, unconfigured } from '../run-starter.ts';

const describedSchema = z.object({
  description: z.string().optional(),
  default: z.union([z.string(), z.number(), z.boolean(), z.object({})]).optional(),
  enum: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), describedSchema).optional();
  },
});
type Described = z.output<typeof describedSchema>;

function describeInput(schema: z.ZodType): Described {
  return describedSchema.parse(inputJsonSchema(schema));
}

/** Every field that is not an object, with its path. */
function leavesOf({ properties = {} }: Described, parents: string[] = []): [path: string, field: Described][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = [...parents, name];
    return field.properties === undefined ? [[path.join('.'), field] as [string, Described]] : leavesOf(field, path);
  });
}

function kebab(path: string): string {
  return path.replaceAll('.', '-').replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}

const bulkSchema = describeInput(bulkInputSchema);

describe.each([
  ['start', describeInput(onboardingInputSchema), ['accountId', 'emailDomain']],
  ['offboard', describeInput(offboardingInputSchema), ['accountId', 'emailDomain']],
  ['drift-schedule', describeInput(driftInputSchema), ['accountId']],
  // The rows come from the file.
  ['bulk', { properties: { concurrency: bulkSchema.properties?.['concurrency'] ?? {} } }, []],
  ['bulk', bulkSchema.properties?.['options'] ?? {}, []],
])('the options of %s', (command, schema, exceptions) => {
  const fields = leavesOf(schema).filter(([path]) => !exceptions.includes(path));

  it('are all fields of the input, with the description, choices and default of each', async () => {
    const { stdout } = await runStarter(unconfigured, command, '--help');
    const help = stdout.replaceAll(/\s+/gu, ' ');
    expect(fields.length).toBeGreaterThan(0);
    for (const [path, field] of fields) {
      const [, text] = help.split(new RegExp(`--${kebab(path)} (?:<[a-z]+> )?(?=[A-Z]|off:)`, 'u'));
      expect(text, path).toMatch(startingWith(field.description ?? 'a description'));
      const own = text?.split(' --')[0] ?? '';
      for (const choice of field.enum ?? []) expect(own).toContain(`"${choice}"`);
      if (typeof field.default === 'string' || typeof field.default === 'number')
        expect(own).toMatch(new RegExp(`default: "?${field.default}"?[,)]`, 'u'));
    }
  });
});

function startingWith(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`)}`, 'u');
}

it('the options of bulk for every line are those of start', () => {
  const ofRow = leavesOf(bulkSchema.properties?.['options'] ?? {}).map(([path]) => path);
  const ofStart = inputOptionsOf('onboarding').map(({ path }) => path.join('.'));
  expect(ofRow.toSorted()).toEqual(ofStart.toSorted());
});

it('what is given becomes a part of the input', () => {
  const options = createSchemaOptions(onboardingInputSchema, ['accountId', 'emailDomain']);
  const given = { approvalExpireSeconds: 60, useFedrampLanguage: true, dnsProvider: 'manual', json: true };
  expect(collectInput(options, given)).toEqual({
    approval: { expireSeconds: 60 },
    useFedrampLanguage: true,
    dnsProvider: 'manual',
  });
});
