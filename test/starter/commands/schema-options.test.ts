import { describe, expect, it } from 'vitest';

import { bulkInputSchema } from '../../../src/contract/schemas/bulk.ts';
import { driftInputSchema } from '../../../src/contract/schemas/drift.ts';
import { inputJsonSchema } from '../../../src/contract/schemas/json-schemas.ts';
import { offboardingInputSchema } from '../../../src/contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../../../src/contract/schemas/onboarding-input.ts';
import { inputOptionsOf } from '../../../src/starter/commands/input-options.ts';
import { collectInput, createSchemaOptions } from '../../../src/starter/commands/schema-options.ts';
import { runStarter, unconfigured } from '../run-starter.ts';

interface Described {
  description?: string;
  default?: unknown;
  enum?: unknown[];
  properties?: Record<string, Described>;
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

const bulkSchema = inputJsonSchema(bulkInputSchema) as Described;

describe.each([
  ['start', inputJsonSchema(onboardingInputSchema) as Described, ['accountId', 'emailDomain']],
  ['offboard', inputJsonSchema(offboardingInputSchema) as Described, ['accountId', 'emailDomain']],
  ['drift-schedule', inputJsonSchema(driftInputSchema) as Described, ['accountId']],
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
      for (const choice of field.enum ?? []) expect(own).toContain(`"${String(choice)}"`);
      if (field.default !== undefined && field.default !== false)
        expect(own).toMatch(new RegExp(`default: "?${String(field.default)}"?[,)]`, 'u'));
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
