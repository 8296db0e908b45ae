/** Parameters, problem responses and the call-back of the OpenAPI description. */
import { accountIdPattern } from '../contract/names/ids.ts';
import { callBackExample, parameterExamples, problemDetails } from './examples.ts';
import { HttpProblem, problemMediaType } from './http-problem.ts';
import type { ProblemStatus } from './http-problem.ts';

const pathParameterSchemas: Record<keyof typeof parameterExamples, { description: string; schema: object }> = {
  account: {
    description: 'The Cloudflare account',
    schema: { type: 'string', pattern: accountIdPattern.source },
  },
  domain: { description: 'The e-mail domain', schema: { type: 'string' } },
  runId: { description: 'The run, as Location or a call-back gives it', schema: { type: 'string', format: 'uuid' } },
  id: { description: 'The bulk run, as Location gives it', schema: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
  caller: { description: 'The name of the sender in the callers file', schema: { type: 'string' } },
};
export const pathParameters = Object.fromEntries(
  Object.entries(pathParameterSchemas).map(([name, parameter]) => [
    name,
    { name, in: 'path', required: true, ...parameter, example: Reflect.get(parameterExamples, name) as string },
  ]),
);

function headerParameter(name: string, description: string, pattern: string, example: string) {
  return { name, in: 'header', required: true, description, schema: { type: 'string', pattern }, example };
}
export const signatureParameters = {
  webhookId: headerParameter(
    'webhook-id',
    'Identifies the event; the same each time the event is sent. Visible ASCII characters',
    '^[!-~]{1,255}$',
    'msg_2Yq9sNcbXvm4Jt1gPfH8dK',
  ),
  webhookTimestamp: headerParameter(
    'webhook-timestamp',
    'When it was signed, in seconds since 1970; refused if more than five minutes old or in the future',
    '^\\d{1,12}$',
    '1767225600',
  ),
  webhookSignature: headerParameter(
    'webhook-signature',
    'v1, and the HMAC-SHA256 of id.timestamp.body in base64; several are separated by spaces, and one has to be valid',
    '^v1,',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ),
};
export const signed = Object.keys(signatureParameters).map((name) => ({ $ref: `#/components/parameters/${name}` }));

export const callBackTag = { 'Call-backs': "Events that the worker sends to an input's callbackUrl" };
export const callBack = {
  operationId: 'callBack',
  tags: Object.keys(callBackTag),
  summary: 'Receive an event about a run or an account',
  description:
    'Signed with every secret of CALLBACK_SECRETS_FILE. webhook-id is the same at every attempt. Sent for up to three days.',
  security: [{ signature: [] }],
  parameters: signed,
  requestBody: {
    required: true,
    content: {
      'application/json': { schema: { $ref: '#/components/schemas/CallBackEvent' }, example: callBackExample },
    },
  },
  responses: {
    '2XX': { description: 'Received' },
    '410': { description: 'The receiver wants no more; this event is not sent again' },
    default: { description: 'Sent again later' },
  },
};

const problemDescriptions = {
  400: 'The body is not JSON',
  401: 'No valid signature or token',
  403: 'The caller may not do this, or not in this account',
  404: 'There is no such run, or it is no longer kept',
  405: 'The address does not accept this method',
  409: 'Something else is in progress, the run is not waiting for this, or it has ended; "detail" says which',
  413: 'The body is too large',
  415: 'The body is not declared as JSON',
  422: 'The request is invalid; "problems" lists everything that is wrong',
  429: 'The caller sends too many requests',
  503: 'Temporal, or a worker, did not answer: the request may or may not have been carried out; send it again',
} satisfies Partial<Record<ProblemStatus, string>>;
type DescribedStatus = keyof typeof problemDescriptions;
export const problemStatuses = Object.keys(problemDescriptions).map(Number) as DescribedStatus[];

const problemHeaders: Partial<Record<DescribedStatus, Record<string, object>>> = {
  401: {
    'www-authenticate': { schema: { type: 'string' }, description: 'Bearer or StandardWebhooks' },
  },
  405: { allow: { schema: { type: 'string' }, description: 'The methods that it accepts' } },
  429: { 'retry-after': { schema: { type: 'integer' }, description: 'Seconds' } },
  503: { 'retry-after': { schema: { type: 'integer' }, description: 'Seconds' } },
};

export function describeProblem(status: DescribedStatus) {
  const headers = problemHeaders[status];
  const schema = { $ref: '#/components/schemas/Problem' };
  return {
    description: problemDescriptions[status],
    ...(headers === undefined ? {} : { headers }),
    content: { [problemMediaType]: { schema, example: new HttpProblem(status, problemDetails[status]).body } },
  };
}
