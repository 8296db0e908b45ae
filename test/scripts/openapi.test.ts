import { readFile } from 'node:fs/promises';

import { Client, Connection } from '@temporalio/client';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import { z } from 'zod';

import { buildOpenApi } from '../../scripts/openapi/openapi.ts';
import { operations } from '../../src/trigger/operations.ts';
import { bearerOf, newToken, send, startTrigger } from '../trigger/running-trigger.ts';

const objectSchema = z.looseObject({});

/** As JSON: without fields that are undefined. */
function buildJson(): object {
  return objectSchema.parse(JSON.parse(JSON.stringify(buildOpenApi())));
}

const contentSchema = z.record(z.string(), z.looseObject({ schema: z.unknown(), example: z.unknown() }));
const operationSchema = z.looseObject({
  requestBody: z.looseObject({ content: contentSchema }).optional(),
  responses: z.record(z.string(), z.looseObject({ $ref: z.string().optional(), content: contentSchema.optional() })),
});
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  webhooks: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ responses: z.record(z.string(), z.looseObject({ content: contentSchema })) }),
});

it('docs/openapi.json is what the operations say: otherwise run "npm run docs"', async () => {
  const kept: unknown = JSON.parse(await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
  expect(kept).toEqual(buildJson());
});

it('is served to anybody, also while Temporal cannot be reached', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  await using trigger = await startTrigger(new Client({ connection }), {
    bearers: [bearerOf(newToken(), ['a'.repeat(32)])],
  });
  const { status, body } = await send(`${trigger.url}/v1/openapi.json`);
  expect(status).toBe(200);
  expect(body).toEqual(buildJson());
  await connection.close();
});

it('describes every operation once', () => {
  const { paths } = buildOpenApi();
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).toSorted());
});

it('has an example of every request and answer, and each is valid', () => {
  const document = buildJson();
  const { paths, webhooks, components } = documentSchema.parse(document);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi.json');
  const examples = [
    ...Object.entries({ ...paths, ...webhooks }).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody, responses }]) => [
        ...Object.values(requestBody?.content ?? {}).map((content) => ({ where: `${method} ${path}`, ...content })),
        ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
          Object.values(content).map((one) => ({ where: `${method} ${path} ${status}`, ...one })),
        ),
      ]),
    ),
    ...Object.entries(components.responses).flatMap(([where, { content }]) =>
      Object.values(content).map((one) => ({ where, ...one })),
    ),
  ];
  expect(examples.length).toBeGreaterThan(2 * operations.length);
  for (const { where, schema, example } of examples) {
    expect({ where, example }).not.toEqual({ where, example: undefined });
    const { $ref } = z.looseObject({ $ref: z.string().optional() }).parse(schema);
    const validate = ajv.compile($ref === undefined ? absolute(schema) : { $ref: `openapi.json${$ref}` });
    validate(example);
    expect({ where, errors: validate.errors }).toEqual({ where, errors: null });
  }
});

/** The schema with its references resolved against the document. */
function absolute(schema: unknown): object {
  return objectSchema.parse(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi.json#/')));
}
