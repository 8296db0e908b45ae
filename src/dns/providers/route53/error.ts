import { Route53ServiceException } from '@aws-sdk/client-route-53';

import { DeadlineError } from '../../wire/deadline.ts';
import { ProviderError } from '../../publishing/provider-error.ts';

/** What the worker's credentials have to allow. */
export const iamActions = [
  'route53:ListHostedZonesByName',
  'route53:GetHostedZone',
  'route53:ListResourceRecordSets',
  'route53:ChangeResourceRecordSets',
  'route53:GetChange',
];

/** https://docs.aws.amazon.com/Route53/latest/APIReference/CommonErrors.html, and what STS and older services say. */
const unauthorised = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'NotAuthorized',
  'OptInRequired',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  // No service says these: the SDK found no credentials.
  'CredentialsProviderError',
  'TokenProviderError',
]);

/** It took nothing, says https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests */
const busy = new Set([
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  // No connection was made.
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const unavailable = new Set(['RequestTimeout', 'RequestTimeoutException']);

/** "… but it already exists", "… but it was not found", "… but the values provided do not match the current values" */
const lostRace = /already exists|not found|do not match/iu;

/** Route 53 does not know the change, or no longer. */
export function isUnknownChange(error: unknown): boolean {
  return error instanceof Route53ServiceException && error.name === 'NoSuchChange';
}

/**
 * What an error of the SDK comes to. `asked` is the name of the API's action. The error itself is not kept as the cause:
 * through its hidden fields it leads to the request, where the session token stands.
 */
export function toProviderError(asked: string, error: unknown): ProviderError {
  const { from, name, status, message } = readError(error);
  const failed = `Route 53's ${asked} failed`;
  const isRefused = status >= 400 && status < 500 && status !== 429 && !unavailable.has(name) && !busy.has(name);

  if (unauthorised.has(name) || status === 401 || status === 403 || (from === 'credential source' && isRefused)) {
    // Other messages can quote what was signed, a session token included.
    const said = name.startsWith('AccessDenied') ? `${name}: ${message}` : name;
    return new ProviderError('unauthorised', `${failed}: ${said}`, allowTheWorker);
  }
  if (busy.has(name)) return new ProviderError('busy', `${failed}: ${name}: ${message}`, whilePassing);
  if (name === 'InvalidChangeBatch' && lostRace.test(message)) {
    const problem = `somebody else changed the same records at the same time: ${message}`;
    return new ProviderError('raced', problem, 'none: it is tried again');
  }
  if (from === 'Route 53' && isRefused) {
    const remedy = 'look at the hosted zone and its records in the Route 53 console';
    return new ProviderError('refused', `${failed}: ${name}: ${message}`, remedy);
  }
  return noUsableAnswer(`${failed}: ${name === 'Unknown' ? `HTTP ${status}` : `${name}: ${message}`}`);
}

/** What came back is no answer of Route 53, whatever its HTTP status. */
export function notAnAnswer(asked: string): ProviderError {
  return noUsableAnswer(`Route 53's ${asked} failed: what came back is not an answer of Route 53`);
}

/** The time-out of the whole call has passed. */
export function outOfTime(error: DeadlineError): ProviderError {
  return noUsableAnswer(`Route 53: ${error.message}`);
}

const allowTheWorker =
  'give the worker AWS credentials (the AWS_* variables, a profile or a role) that are valid, on a machine whose clock is ' +
  `right, and allow them ${iamActions.join(', ')}`;

function noUsableAnswer(message: string): ProviderError {
  return new ProviderError('unavailable', message, whilePassing);
}

const whilePassing =
  'none while it passes; else see whether the worker can reach Route 53 (https://health.aws.amazon.com)';

interface ReadError {
  /** The API, the service that gives the credentials (STS, SSO), or neither of them. */
  from: 'Route 53' | 'credential source' | 'elsewhere';
  name: string;
  /** 0 where there was no answer. */
  status: number;
  message: string;
}

function readError(error: unknown): ReadError {
  if (!(error instanceof Error)) return { from: 'elsewhere', name: 'Error', status: 0, message: String(error) };
  const status = statusOf(error);
  if (error instanceof Route53ServiceException) {
    const messages = readMessages(error);
    if (messages !== null) return { from: 'Route 53', name: 'InvalidChangeBatch', status, message: messages };
    // What the SDK calls an answer without a code, such as a gateway's.
    const from = error.name === 'Unknown' ? 'elsewhere' : 'Route 53';
    return { from, name: error.name, status, message: error.message };
  }
  // The SDK goes on for lines about how to debug it. A connection that failed for each address has no message.
  const [message = ''] = (error.message || ('code' in error ? String(error.code) : '')).split('\n');
  const code = 'code' in error ? String(error.code) : '';
  const name = busy.has(code) ? code : error.name;
  return { from: '$fault' in error ? 'credential source' : 'elsewhere', name, status, message };
}

function statusOf(error: Error): number {
  const metadata: unknown = '$metadata' in error ? error.$metadata : null;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return 0;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : 0;
}

/**
 * Route 53 has a second form for a batch that it refuses, with `Messages` and without a code, which the SDK takes for an
 * unknown error. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html#API_ChangeResourceRecordSets_Errors
 */
function readMessages(error: Route53ServiceException): string | null {
  const wrapper: unknown = 'Messages' in error ? error.Messages : null;
  if (typeof wrapper !== 'object' || wrapper === null || !('Message' in wrapper)) return null;
  return [wrapper.Message].flat().map(String).join('; ');
}
