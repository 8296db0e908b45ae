import { Route53ServiceException } from '@aws-sdk/client-route-53';

import { DeadlineError } from '../../wire/deadline.ts';
import { ProviderError } from '../../publishing/provider-error.ts';

/** The IAM actions that the worker's credentials have to allow. */
export const iamActions = [
  'route53:ListHostedZonesByName',
  'route53:GetHostedZone',
  'route53:ListResourceRecordSets',
  'route53:ChangeResourceRecordSets',
  'route53:GetChange',
];

/** https://docs.aws.amazon.com/Route53/latest/APIReference/CommonErrors.html, and codes of STS and older services. */
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
  // From the SDK: it found no credentials.
  'CredentialsProviderError',
  'TokenProviderError',
]);

/** Nothing was changed: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests */
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

/** Whether Route 53 does not know the change, or no longer does. */
export function isUnknownChange(error: unknown): boolean {
  return error instanceof Route53ServiceException && error.name === 'NoSuchChange';
}

/**
 * An error of the SDK as a `ProviderError`. The SDK's error is not kept as the cause: its hidden fields lead to the request,
 * which has the session token.
 * @param action the API's name of it
 */
export function toProviderError(action: string, error: unknown): ProviderError {
  const { from, name, status, message } = readError(error);
  const failed = `Route 53's ${action} failed`;
  const isRefused = status >= 400 && status < 500 && status !== 429 && !unavailable.has(name) && !busy.has(name);

  if (unauthorised.has(name) || status === 401 || status === 403 || (from === 'credential source' && isRefused)) {
    // Other messages can quote the signed request, session token included.
    const said = name.startsWith('AccessDenied') ? `${name}: ${message}` : name;
    return new ProviderError('unauthorised', `${failed}: ${said}`, allowTheWorker);
  }
  if (busy.has(name)) return new ProviderError('busy', `${failed}: ${name}: ${message}`, waitOrCheck);
  if (name === 'InvalidChangeBatch' && lostRace.test(message)) {
    const problem = `somebody else changed the same records at the same time: ${message}`;
    return new ProviderError('conflict', problem, 'none: it is retried');
  }
  if (from === 'Route 53' && isRefused) {
    const remedy = 'check the hosted zone and its records in the Route 53 console';
    return new ProviderError('refused', `${failed}: ${name}: ${message}`, remedy);
  }
  return noUsableAnswer(`${failed}: ${name === 'Unknown' ? `HTTP ${status}` : `${name}: ${message}`}`);
}

/** The answer is not one of Route 53, whatever its HTTP status. */
export function malformedAnswer(action: string): ProviderError {
  return noUsableAnswer(`Route 53's ${action} failed: the response is not from Route 53`);
}

/** The deadline of the whole call has passed. */
export function outOfTime(error: DeadlineError): ProviderError {
  return noUsableAnswer(`Route 53: ${error.message}`);
}

const allowTheWorker =
  'give the worker AWS credentials (the AWS_* variables, a profile or a role) that are valid, on a machine whose clock is ' +
  `right, and allow them ${iamActions.join(', ')}`;

function noUsableAnswer(message: string): ProviderError {
  return new ProviderError('unavailable', message, waitOrCheck);
}

const waitOrCheck =
  'it is retried; if it lasts, check whether the worker can reach Route 53 (https://health.aws.amazon.com)';

interface ReadError {
  /** The API, the service that issues the credentials (STS, SSO), or neither. */
  from: 'Route 53' | 'credential source' | 'elsewhere';
  name: string;
  /** 0: no answer. */
  status: number;
  message: string;
}

function readError(error: unknown): ReadError {
  if (!(error instanceof Error)) return { from: 'elsewhere', name: 'Error', status: 0, message: String(error) };
  const status = statusOf(error);
  if (error instanceof Route53ServiceException) {
    const messages = readMessages(error);
    if (messages !== null) return { from: 'Route 53', name: 'InvalidChangeBatch', status, message: messages };
    // The SDK's name for an answer without a code, such as a gateway's.
    const from = error.name === 'Unknown' ? 'elsewhere' : 'Route 53';
    return { from, name: error.name, status, message: error.message };
  }
  // The SDK adds lines about debugging. A connection that failed for each address has no message.
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
 * Route 53 has a second form of refusal of a batch, with `Messages` and without a code, which the SDK reports as an unknown
 * error. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html#API_ChangeResourceRecordSets_Errors
 */
function readMessages(error: Route53ServiceException): string | null {
  const wrapper: unknown = 'Messages' in error ? error.Messages : null;
  if (typeof wrapper !== 'object' || wrapper === null || !('Message' in wrapper)) return null;
  return [wrapper.Message].flat().map(String).join('; ');
}
