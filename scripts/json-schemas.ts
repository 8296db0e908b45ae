/** The contract for other languages: JSON Schemas of what the code itself validates. Kept in `docs/schemas/`. */
import { z } from 'zod';

import { bulkInputSchema, bulkResultSchema, bulkStatusSchema } from '../src/contract/schemas/bulk.ts';
import { callBackEventSchema } from '../src/contract/schemas/call-back-event.ts';
import { driftInputSchema, driftReportSchema } from '../src/contract/schemas/drift.ts';
import {
  offboardingInputSchema,
  offboardingResultSchema,
  offboardingStatusSchema,
  offboardingStopSchema,
} from '../src/contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../src/contract/schemas/onboarding-input.ts';
import { onboardingResultSchema, onboardingStatusSchema } from '../src/contract/schemas/onboarding-status.ts';
import { undoReportSchema } from '../src/contract/schemas/undo.ts';

/** By file name. Title and description are in the schema's own `meta`. */
const inputs: Record<string, z.ZodType> = {
  'onboarding-input': onboardingInputSchema,
  'offboarding-input': offboardingInputSchema,
  'bulk-input': bulkInputSchema,
  'drift-input': driftInputSchema,
};
const answers: Record<string, z.ZodType> = {
  'onboarding-status': onboardingStatusSchema,
  'onboarding-result': onboardingResultSchema,
  'undo-report': undoReportSchema,
  'offboarding-status': offboardingStatusSchema,
  'offboarding-result': offboardingResultSchema,
  'offboarding-stop': offboardingStopSchema,
  'bulk-status': bulkStatusSchema,
  'bulk-result': bulkResultSchema,
  'drift-report': driftReportSchema,
  'call-back-event': callBackEventSchema,
};

/** Draft 2020-12, by name. An input accepts no other fields; an answer may have more in a later version. */
export function buildJsonSchemas(): Record<string, object> {
  return Object.fromEntries([
    ...Object.entries(inputs).map(([name, schema]) => publish(name, inputJsonSchema(schema))),
    ...Object.entries(answers).map(([name, schema]) => publish(name, answerJsonSchema(schema))),
  ]);
}

function publish(name: string, { $schema, ...schema }: z.core.JSONSchema.BaseSchema): [string, object] {
  return [name, { $schema, $id: `urn:cloudflare-sso-onboarding:${name}`, ...schema }];
}

/** What a client may send, before defaults are filled in. */
export function inputJsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { io: 'input' });
}

/** What a workflow answers. Open to more fields, unlike `io: 'output'` by itself. */
export function answerJsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: 'output',
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // The format says the same as a page of pattern.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
}
