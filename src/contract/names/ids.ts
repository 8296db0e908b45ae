/** Names that the worker, its clients and other languages agree on: task queues, workflow types, workflow ids, search attributes. */
import { defineSearchAttributeKey } from '@temporalio/common';

/** Workflows, and activities that do not call Cloudflare. */
export const onboardingTaskQueue = 'sso-onboarding';
/** Activities that call Cloudflare. A queue of their own, because one API token has one rate limit for all workers. */
export const cloudflareTaskQueue = 'sso-cloudflare';

/** The two workflows of a domain. They share its workflow id, so the server never runs both at once. */
export const workflowKinds = ['onboarding', 'offboarding'] as const;
export type WorkflowKind = (typeof workflowKinds)[number];

export const workflowTypes: Record<WorkflowKind, string> = {
  onboarding: 'onboardSsoConnector',
  offboarding: 'offboardSsoConnector',
};
export const bulkWorkflowType = 'onboardManySsoConnectors';
export const driftWorkflowType = 'findDrift';
/** One run processes each event of a caller. */
export const deliveryWorkflowType = 'deliverEvent';
/** One run stays open for each domain that should be enabled; its memo `record` is the `ConnectorRecord`. */
export const recordWorkflowType = 'keepConnectorRecord';

/** `null`: not one of a domain's two workflow types. */
export function workflowKindOf(workflowType: string): WorkflowKind | null {
  return workflowKinds.find((kind) => workflowTypes[kind] === workflowType) ?? null;
}

/** Cloudflare's identifiers are 32 hexadecimal characters. */
export const accountIdPattern = /^[0-9a-f]{32}$/u;

/** A domain of an account. */
export interface AccountDomain {
  accountId: string;
  /** In normal form. */
  emailDomain: string;
}

/** Several domains of an account, in normal form. */
export interface AccountDomains {
  accountId: string;
  emailDomains: string[];
}

/** The workflow id of a domain in an account. @param emailDomain in normal form */
export function workflowIdFor(accountId: string, emailDomain: string): string {
  return `sso/${accountId}/${emailDomain}`;
}

/** The inverse of `workflowIdFor`; `null`: the id has another form. */
export function parseWorkflowId(workflowId: string): AccountDomain | null {
  const [prefix, accountId, emailDomain, ...rest] = workflowId.split('/');
  if (prefix !== 'sso' || !accountId || !emailDomain || rest.length > 0) return null;
  return { accountId, emailDomain };
}

const bulkPrefix = 'sso-bulk';

/** @param key identifies the list of domains: a hash of what is asked for */
export function bulkIdFor(accountId: string, key: string): string {
  return `${bulkPrefix}/${accountId}/${key}`;
}

/** The inverse of `bulkIdFor`; `null`: the id has another form. */
export function parseBulkId(workflowId: string): { accountId: string; key: string } | null {
  const [prefix, accountId, ...rest] = workflowId.split('/');
  const key = rest.join('/');
  if (prefix !== bulkPrefix || !accountId || key === '') return null;
  return { accountId, key };
}

/**
 * The id of the run that keeps a domain's record. Not the domain's workflow id: both runs may be open at once.
 * @param emailDomain in normal form
 */
export function recordIdFor(accountId: string, emailDomain: string): string {
  return `sso-record/${accountId}/${emailDomain}`;
}

/** The id of the account's drift Schedule, and of a drift check started by hand. The server appends the time to the id of a scheduled run. */
export function driftIdFor(accountId: string): string {
  return `sso-drift/${accountId}`;
}

export const emailDomainAttribute = defineSearchAttributeKey('SsoEmailDomain', 'KEYWORD');
export const accountIdAttribute = defineSearchAttributeKey('SsoAccountId', 'KEYWORD');
export const phaseAttribute = defineSearchAttributeKey('SsoPhase', 'KEYWORD');
/** A namespace must have all of these before a worker can run in it. */
export const searchAttributes = [emailDomainAttribute, accountIdAttribute, phaseAttribute] as const;
