/** Parameters, problem responses and the call-back of the OpenAPI description. */
import { accountIdPattern } from '../../src/contract/names/ids.ts';
import { callBackExample, parameterExamples, problemDetails } from './examples.ts';
import { HttpProblem, isProblemStatus, problemMediaType } from '../../src/trigger/http-problem.ts';
import type { ProblemStatus } from '../../src/trigger/http-problem.ts';

type PathParameter = keyof typeof parameterExamples;

function pathParameter(name: PathParameter, description: string, schema: object = {}) {
  const example = parameterExamples[name];
  return { name, in: 'path', required: true, description, schema: { type: 'string', ...schema }, example };
}
/** By the name that the addresses give them. */
export const pathParameters: Record<PathParameter, object> = {
  account: pathParameter('account', 'The Cloudflare account', { pattern: accountIdPattern.source }),
  domain: pathParameter('domain', 'The e-mail domain'),
  runId: pathParameter('runId', 'The run, as Location or a call-back gives it', { format: 'uuid' }),
  id: pathParameter('id', 'The bulk run, as Location gives it', { pattern: '^[0-9a-f]{64}$' }),
  caller: pathParameter('caller', 'The name of the sender in the callers file'),
};

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

/** Without 500, a fault of the trigger: no caller plans for it. */
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

const problemHeaders: Partial<Record<ProblemStatus, Record<string, object>>> = {
  401: {
    'www-authenticate': { schema: { type: 'string' }, description: 'Bearer or StandardWebhooks' },
  },
  405: { allow: { schema: { type: 'string' }, description: 'The methods that it accepts' } },
  429: { 'retry-after': { schema: { type: 'integer' }, description: 'Seconds' } },
  503: { 'retry-after': { schema: { type: 'integer' }, description: 'Seconds' } },
};

/** By the name of their components. */
export const problemResponses = Object.fromEntries(
  Object.entries(problemDescriptions).map(([status, description]) => [
    `Problem${status}`,
    describeProblem(Number(status), description),
  ]),
);

function describeProblem(status: number, description: string): object {
  if (!isProblemStatus(status)) throw new TypeError(`${status} is not the status of a problem`);
  const headers = problemHeaders[status];
  const schema = { $ref: '#/components/schemas/Problem' };
  const example = new HttpProblem(status, problemDetails[status]).body;
  return {
    description,
    ...(headers === undefined ? {} : { headers }),
    content: { [problemMediaType]: { schema, example } },
  };
}
