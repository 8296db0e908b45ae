/** The trigger's description for machines, made from its operations; also kept in `docs/openapi.json`. */
import type { z } from 'zod';

import { accountIdPattern } from '../contract/names/ids.ts';
import { toJsonSchema } from '../contract/schemas/json-schemas.ts';
import { signedActions } from './callers.ts';
import { problemMediaType } from './http-problem.ts';
import type { ProblemStatus } from './http-problem.ts';
import { operations } from './operations.ts';
import type { Operation } from './operations.ts';

const json = 'application/json';
const problemReference = { $ref: '#/components/schemas/Problem' };

/** OpenAPI 3.1. */
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
        'Events are signed as Standard Webhooks say (webhook-id, webhook-timestamp, webhook-signature); the same webhook-id ' +
        'is taken once. People send a bearer token. Every answer that is not a success is a problem (RFC 9457).',
    },
    paths,
    components: {
      securitySchemes: {
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'webhook-signature',
          description: 'https://www.standardwebhooks.com',
        },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: {
        Problem: {
          type: 'object',
          properties: {
            type: { const: 'about:blank' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
            problems: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  subject: { type: 'string' },
                  problem: { type: 'string' },
                  remedy: { type: 'string' },
                },
                required: ['subject', 'problem', 'remedy'],
              },
            },
          },
          required: ['type', 'title', 'status'],
        },
      },
    },
  };
}

function describe({ id, method, path, action, summary, body, answers, problems }: Operation) {
  return {
    operationId: id,
    summary,
    ...(action === null ? {} : { description: `Action: ${action}` }),
    security:
      action === null
        ? []
        : signedActions.includes(action) && method === 'POST'
          ? [{ signature: [] }, { bearer: [] }]
          : [{ bearer: [] }],
    ...describeParameters(path),
    ...(body === null ? {} : { requestBody: { required: true, content: { [json]: { schema: schemaOf(body) } } } }),
    responses: {
      ...Object.fromEntries(answers.map((answer) => [answer.status, describeAnswer(id, answer)])),
      ...Object.fromEntries(problems.map((status) => [status, describeProblem(status)])),
    },
  };
}

function describeAnswer(id: string, { status, description, schema }: Operation['answers'][number]) {
  return {
    description,
    ...(id.startsWith('start') && status === 202 ? { headers: location } : {}),
    ...(schema === null ? {} : { content: { [json]: { schema: schemaOf(schema) } } }),
  };
}

function describeProblem(status: ProblemStatus) {
  return {
    description: problemDescriptions[status],
    ...(status === 503 || status === 429 ? { headers: retryAfter } : {}),
    content: { [problemMediaType]: { schema: problemReference } },
  };
}

const pathParameters: Record<string, string> = {
  domain: 'The e-mail domain',
  id: 'Of the list, as Location gave it',
};
const account = {
  name: 'account',
  in: 'query',
  schema: { type: 'string', pattern: accountIdPattern.source },
  description: 'The Cloudflare account; may be left out by a caller that has one account only',
};

function describeParameters(path: string) {
  const inPath = Object.entries(pathParameters).flatMap(([name, description]) =>
    path.includes(`{${name}}`) ? [{ name, in: 'path', required: true, schema: { type: 'string' }, description }] : [],
  );
  return inPath.length === 0 ? {} : { parameters: [...inPath, account] };
}

const location = { location: { schema: { type: 'string' }, description: 'Where to see how it goes on' } };
const retryAfter = { 'retry-after': { schema: { type: 'integer' }, description: 'Seconds' } };

const problemDescriptions: Record<ProblemStatus, string> = {
  400: 'The body is not JSON',
  401: 'No signature or token, or one that is wrong, too old or too new',
  403: 'The caller may not do this, or not in this account',
  404: 'There is no such onboarding',
  409: 'It does not go with what is under way, or has ended',
  413: 'The body is too large',
  415: 'The body is not declared as JSON',
  422: 'The input cannot be used; every problem is listed',
  429: 'The caller sends too much',
  500: 'A fault of the trigger',
  503: 'Temporal or a worker cannot be reached: nothing is recorded for certain; send it again',
};

/** OpenAPI 3.1 knows of which draft the schemas are. */
function schemaOf(schema: z.ZodType): unknown {
  const { $schema: _, ...described } = toJsonSchema(schema);
  return described;
}
