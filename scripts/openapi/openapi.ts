/** The OpenAPI 3.1 description of the trigger, made from its operations. Kept in `docs/openapi.json`. */
import { z } from 'zod';

import { answerJsonSchema, inputJsonSchema } from '../json-schemas.ts';
import { examples } from './examples.ts';
import { callBack, callBackTag, pathParameters, problemResponses, signatureParameters, signed } from './components.ts';
import { operations } from '../../src/trigger/operations.ts';
import type { Operation, OperationId } from '../../src/trigger/operations.ts';
import { descriptions, problemsOf, tags } from './descriptions.ts';
import type { OperationAnswer } from './descriptions.ts';
import { answerSchemas, inputSchemas } from './schemas.ts';

const json = 'application/json';
const locationHeader = { schema: { type: 'string' }, description: 'The address of the run, as a path' };

export function buildOpenApi() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cloudflare SSO onboarding: HTTP trigger',
      version: '1',
      description:
        'Other systems send events, signed as Standard Webhooks describes. People and scripts send a bearer token. ' +
        'Every answer that is not a success is a problem (RFC 9457).',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:8081', description: 'The default of TRIGGER_ADDRESS' }],
    tags: Object.entries({ ...tags, ...callBackTag }).map(([name, description]) => ({ name, description })),
    paths,
    webhooks: { callBack: { post: callBack } },
    components: {
      securitySchemes: {
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'webhook-signature',
          description: 'https://www.standardwebhooks.com, with webhook-id and webhook-timestamp',
        },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      parameters: { ...pathParameters, ...signatureParameters },
      responses: problemResponses,
      schemas: {
        ...convert(inputSchemas, inputJsonSchema),
        ...convert(answerSchemas, answerJsonSchema),
      },
    },
  };
}

function describe(operation: Operation & { id: OperationId }) {
  const { id, access, path, query } = operation;
  const { tag, summary, description, bodies, answers } = descriptions[id];
  const parameters = [...describePathParameters(path), ...describeQuery(query), ...(access === 'sender' ? signed : [])];
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [
      ...(description === undefined ? [] : [description]),
      ...(access === 'anybody' || access === 'sender' ? [] : [`Action: \`${access}\`.`]),
    ].join(' '),
    security: access === 'anybody' ? [] : [{ [access === 'sender' ? 'signature' : 'bearer']: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(bodies === undefined ? {} : { requestBody: { required: true, content: { [json]: describeBody(id, bodies) } } }),
    responses: Object.fromEntries<unknown>([
      ...answers.map((answer) => [answer.status, describeAnswer(id, answer)] as const),
      ...problemsOf(operation, descriptions[id]).map(
        (status) => [status, { $ref: `#/components/responses/Problem${status}` }] as const,
      ),
    ]),
  };
}

function describeBody(id: OperationId, bodies: readonly z.ZodType[]) {
  const schemas = bodies.map(schemaOf);
  return { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas }, example: examples[id].body };
}

function describeAnswer(id: OperationId, { status, description, schema, hasLocation }: OperationAnswer) {
  const example = examples[id].answers?.[status];
  return {
    description,
    ...(hasLocation === true ? { headers: { location: locationHeader } } : {}),
    ...(schema === undefined ? {} : { content: { [json]: { schema: schemaOf(schema), example } } }),
  };
}

function describePathParameters(path: string): object[] {
  const names = [...path.matchAll(/\{(?<name>\w+)\}/gu)].map(({ groups }) => groups?.['name'] ?? '');
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

function describeQuery(query: z.ZodObject | undefined): object[] {
  return Object.entries(inputJsonSchema(query ?? z.object({})).properties ?? {}).map(([name, schema]) => {
    if (typeof schema === 'boolean') return { name, in: 'query', schema };
    const { description, ...rest } = schema;
    return { name, in: 'query', description, schema: rest };
  });
}

/** A reference where the schema is a component. */
function schemaOf(schema: z.ZodType): object {
  const named = Object.entries({ ...inputSchemas, ...answerSchemas }).find(([, candidate]) => candidate === schema);
  if (named !== undefined) return { $ref: `#/components/schemas/${named[0]}` };
  return withoutDialect(answerJsonSchema(schema));
}

function convert(schemas: Record<string, z.ZodType>, toJsonSchema: typeof inputJsonSchema): Record<string, object> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withoutDialect(toJsonSchema(schema))]),
  );
}

/** OpenAPI 3.1 says which draft the schemas are. */
function withoutDialect(schema: z.core.JSONSchema.BaseSchema): object {
  const { $schema, ...rest } = schema;
  return $schema === undefined ? schema : rest;
}
