/** The contract for other languages: JSON Schemas, made from what the code itself checks with. Kept in `docs/schemas/`. */
import { z } from 'zod';

import { bulkSchema } from './bulk.ts';
import { driftInputSchema } from './drift.ts';
import { inputSchema, offboardingInputSchema } from './onboarding-input.ts';
import {
  callBackEventSchema,
  driftReportSchema,
  offboardingResultSchema,
  resultSchema,
  statusSchema,
} from './onboarding-status.ts';

/** By the name of its file. One more takes a line; its title and description are the schema's own `meta`. */
const published: Record<string, z.ZodType> = {
  'onboarding-input': inputSchema,
  'onboarding-result': resultSchema,
  'onboarding-status': statusSchema,
  'offboarding-input': offboardingInputSchema,
  'offboarding-result': offboardingResultSchema,
  'drift-report': driftReportSchema,
  'call-back-event': callBackEventSchema,
  'bulk-input': bulkSchema,
  'drift-input': driftInputSchema,
};

/** Draft 2020-12, by name. An input takes no field that is not described; an answer may have more in a later version. */
export function buildJsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(published).map(([name, described]) => {
      const { $schema, ...schema } = toJsonSchema(described);
      return [name, { $schema, $id: `urn:cloudflare-sso-onboarding:${name}`, ...schema }];
    }),
  );
}

/** What goes over the wire, before anything is brought to normal form. */
export function toJsonSchema(schema: z.ZodType) {
  return z.toJSONSchema(schema, {
    io: 'input',
    override({ jsonSchema }) {
      // The format says the same as a page of pattern.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
}
