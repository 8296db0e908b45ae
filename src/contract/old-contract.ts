/**
 * The contract: every name and shape that the worker, its clients and other languages agree on.
 * Plain data and names only, so that workflows can import it: no I/O, no schema library (that is `input.ts`).
 */
import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

/** Workflows and DNS activities. */
export const ONBOARDING_TASK_QUEUE = 'sso-onboarding';
/** Every call to Cloudflare; its own queue because one API token has one rate limit, however many workers there are. */
export const CLOUDFLARE_TASK_QUEUE = 'sso-cloudflare';

/** The workflow type, for clients that do not import the workflow itself. */
export const ONBOARD_WORKFLOW_TYPE = 'onboardSsoConnector';
export type OnboardWorkflow = (input: OnboardingInput) => Promise<OnboardingResult>;

/** The two stories of a domain, which share its workflow id. */
export const stories = ['onboarding', 'offboarding'] as const;
export type Story = (typeof stories)[number];

/** The one workflow id of a domain in an account; the server itself then allows one run at a time. `emailDomain` in normal form. */
export function workflowIdFor(accountId: string, emailDomain: string): string {
  return `sso/${accountId}/${emailDomain}`;
}

/** The other way round; `null` when the id is not one of ours. */
export function parseWorkflowId(workflowId: string): { accountId: string; emailDomain: string } | null {
  const [prefix, accountId, emailDomain, ...rest] = workflowId.split('/');
  if (prefix !== 'sso' || !accountId || !emailDomain || rest.length > 0) return null;
  return { accountId, emailDomain };
}

export const dnsProviderNames = ['cloudflare', 'rfc2136', 'route53', 'manual'] as const;
export type DnsProviderName = (typeof dnsProviderNames)[number];
/** `auto`: whichever the domain's name servers point to, where the worker is configured for it. */
export const dnsProviderChoices = ['auto', ...dnsProviderNames] as const;
export type DnsProviderChoice = (typeof dnsProviderChoices)[number];

/** How often to look: the wait after `elapsed` seconds is `elapsed × growth`, never below `firstSeconds` nor above `maxSeconds`. */
export interface Polling {
  firstSeconds: number;
  growth: number;
  maxSeconds: number;
}

/** Our own look at DNS; `off` skips it (split horizon, port 53 closed). */
export interface Propagation {
  check: 'authoritative' | 'off';
  /** How long to wait for the name servers before verification begins anyway. */
  maxSeconds: number;
  /** How often they are asked again while Cloudflare looks for the value. */
  refreshSeconds: number;
}

/** Retries and timeouts as data, in seconds, so that days of trouble can be tested in seconds through the same code. */
export interface Pace {
  /** First wait between tries of a failing activity; doubles up to `retryMaxSeconds`. */
  retryFirstSeconds: number;
  retryMaxSeconds: number;
  /** Wait between tries while Cloudflare refuses the token in mid-run (rotated or expired). */
  authRetrySeconds: number;
  /** Wait after a 429 that carries no `Retry-After`. */
  throttledSeconds: number;
  /** Longest that one attempt of an activity may run. */
  attemptSeconds: number;
  /** An attempt that is silent for longer than this is taken for dead. */
  heartbeatSeconds: number;
  /** Wait between tries of a step of the undo. */
  undoRetrySeconds: number;
}

/** How a human's yes is asked for before the connector is enabled. Nothing of it counts against the deadline. */
export interface Approval {
  /** How often whoever is asked is asked again. */
  remindEverySeconds: number;
  /** No answer by then is a no. */
  expireSeconds: number;
}

/** Every field may be left out. */
export type Optional<T> = { [Key in keyof T]?: T[Key] | undefined };

/** What a client sends. Everything but the account and the domain has a default (`input.ts`). */
export interface OnboardingInput {
  /** 32 hexadecimal characters. */
  accountId: string;
  emailDomain: string;
  useFedrampLanguage?: boolean | undefined;
  /** Default `automatic`. */
  enablement?: Enablement | undefined;
  approval?: Optional<Approval> | undefined;
  /** Disable it again unless somebody confirms in time that they can log in. */
  confirmWithinSeconds?: number | undefined;
  /** Gets a signed event at each outcome and when a human is needed; its origin has to be one of the worker's `CALLBACK_ORIGINS`. */
  callbackUrl?: string | undefined;
  dnsProvider?: DnsProviderChoice | undefined;
  deadlineSeconds?: number | undefined;
  propagation?: Optional<Propagation> | undefined;
  polling?: Optional<Polling> | undefined;
  pace?: Optional<Pace> | undefined;
}

export const enablements = ['automatic', 'after-approval'] as const;
export type Enablement = (typeof enablements)[number];

/** What both stories of a domain go by. */
export interface StorySettings {
  accountId: string;
  emailDomain: string;
  approval: Approval;
  /** `null`: nobody is told. */
  callbackUrl: string | null;
  deadlineSeconds: number;
  pace: Pace;
}

/** The validated input with every default filled in. */
export interface OnboardingSettings extends StorySettings {
  /** `null`: not asked for; a new connector then gets Cloudflare's default and a found one keeps what it has. */
  useFedrampLanguage: boolean | null;
  enablement: Enablement;
  /** `null`: nobody is asked to confirm. */
  confirmWithinSeconds: number | null;
  dnsProvider: DnsProviderChoice;
  propagation: Propagation;
  polling: Polling;
}

export const onboardingPhases = [
  'checking-prerequisites',
  'creating-connector',
  'publishing-txt',
  'waiting-for-dns',
  'waiting-for-verification',
  'waiting-for-approval',
  'enabling',
  'waiting-for-confirmation',
  'enabled',
  'undoing',
  'undone',
] as const;
export const offboardingPhases = [
  'looking',
  'waiting-for-approval',
  'disabling',
  'deleting-connector',
  'removing-txt',
  'offboarded',
] as const;
export const phases = [...new Set([...onboardingPhases, ...offboardingPhases])];
export type Phase = (typeof onboardingPhases)[number] | (typeof offboardingPhases)[number];

export type VerificationStatus = 'awaiting' | 'pending' | 'failed' | 'verified';

/** A connector as Cloudflare last reported it. `createdAt` in ISO 8601. */
export interface Connector {
  id: string;
  emailDomain: string;
  enabled: boolean;
  useFedrampLanguage: boolean;
  /** The whole TXT value to publish. */
  verificationCode: string;
  verificationStatus: VerificationStatus;
  createdAt: string | null;
}

/** What a list of the domain's connectors showed, and when. `readAt` in ISO 8601. */
export interface ConnectorsRead {
  connectors: Connector[];
  readAt: string;
}

/** The zone that the value belongs in, as DNS shows it. */
export interface PublishingZone {
  apex: string;
  /** Host names of its authoritative servers: the parent's NS set, or what `DNS_NAMESERVERS` names. */
  nameServers: string[];
  /** `configured`: `DNS_NAMESERVERS` replaced discovery, so the parent was not asked. */
  source: 'discovered' | 'configured';
}

/** Where a provider publishes: the zone that DNS shows, as the provider knows it. */
export interface ProviderZone {
  apex: string;
  /** The provider's own id of the zone; `null` where it has none (`rfc2136`, `manual`). */
  zoneId: string | null;
}

/** Who publishes the value, and why: because it was asked for, or what `auto` went by. */
export interface ChosenProvider {
  name: DnsProviderName;
  why: string;
}

/**
 * How long caches can hide a value from the moment the last authoritative server has it: what they hold until then is
 * the old values for their TTL, or their absence for the negative TTL (RFC 2308 §5: the lesser of the SOA's TTL and
 * MINIMUM). An estimate: resolvers cap, raise and serve stale.
 */
export interface CacheOutlook {
  seconds: number;
  because: 'old-values' | 'no-values';
}

/** The TXT value this run relies on, and what is needed to take it away again. */
export interface TxtRecord {
  provider: DnsProviderName;
  zone: ProviderZone;
  name: string;
  value: string;
  /** The provider's own id of the record; `null` where it has none (all but `cloudflare`). */
  recordId: string | null;
  /** The provider's id of a change that it is still bringing to its servers; `null`: there is none, or it has come through. */
  changeId: string | null;
  /** True when the value stood there before this run published anything. */
  preexisting: boolean;
}

export type ServerVerdict = 'has-value' | 'lacks-value' | 'lame' | 'unreachable';

/** What one authoritative server, at one address, said of the value. */
export interface ServerEvidence {
  name: string;
  /** `ip:port`, IPv6 in brackets; empty where the host name has no known address. */
  address: string;
  verdict: ServerVerdict;
  detail: string;
  /** How long it took to answer; `null`: it did not. */
  milliseconds: number | null;
  /** The serial of the zone's SOA as this server has it; `null`: it did not say. */
  serial: number | null;
}

/** What one recursive resolver showed: reported, never a gate. */
export interface ResolverEvidence {
  address: string;
  verdict: Exclude<ServerVerdict, 'lame'>;
  detail: string;
}

/** One look at DNS. `resolvers` is empty until the authoritative servers agree: asking earlier would poison caches. */
export interface DnsEvidence {
  observedAt: string;
  servers: ServerEvidence[];
  resolvers: ResolverEvidence[];
  /** What is not as it should be (lame servers, one address family, DNSSEC, split horizon …), a sentence each. */
  findings: string[];
}

export type UndoKind = 'delete-connector' | 'remove-txt-value' | 'disable-connector';

/** One effect of this run that its undo has to take back; entered before the effect, so that no crash can hide it. */
export interface UndoStep {
  kind: UndoKind;
  /** False until the effect reported back at its first attempt: an attempt whose answer was lost may still act. */
  certain: boolean;
  /** ISO 8601: when the effect reported back or was given up; `null` while it is under way. */
  endedAt: string | null;
  /** `left`: it stays as it is, see `note`. */
  state: 'armed' | 'undone' | 'left';
  /** What was found, or why it was left. */
  note: string | null;
}

export interface Undo {
  /** In the order of the effects; undone in reverse. */
  steps: UndoStep[];
  /** Why it began; `null` while it has not. */
  cause: UndoCause | null;
  /** Who gave up the rest, and why; `null` while nobody has. */
  givenUp: GiveUp | null;
}

export interface UndoCause {
  by: 'failure' | 'cancel' | 'deadline';
  type: string;
  message: string;
}

export interface GiveUp {
  by: string;
  reason: string;
}

/** Who said yes or no, and why. */
export interface Decision {
  by: string;
  reason: string;
}

/** What a human sends. */
export interface Answer extends Decision {
  /** ISO 8601: a run that it reaches only later does not take it; whoever sent it has been told that nobody did. */
  notAfter?: string | undefined;
  /** Which run is answered: the first of its chain, as events tell it. Left out: whichever waits. */
  runId?: string | undefined;
}

/** A human is asked before the log-in of a company changes. Times are ISO 8601. */
export interface ApprovalState {
  requestedAt: string;
  /** `null`: no more reminders. */
  nextReminderAt: string | null;
  reminders: number;
  expiresAt: string;
  answer: (Decision & { kind: 'approved' | 'rejected'; at: string }) | null;
}

/** Enabled, and to be disabled again at `until` unless somebody confirms. Times are ISO 8601. */
export interface ConfirmationState {
  until: string;
  confirmed: (Decision & { at: string }) | null;
}

/** Details of the failure `Undone`. Both lists name effects in words; `left` is empty unless somebody gave up or took over. */
export interface UndoReport {
  cause: UndoCause;
  undone: string[];
  left: string[];
  givenUp: GiveUp | null;
}

/** Something that stops a run before it has written anything: what is wrong, and what to do about it. */
export interface Problem {
  subject: string;
  problem: string;
  remedy: string;
}

/**
 * The answer to the `status` query, and the whole state of a run: search attributes, the UI's details and the status
 * command are views of this one value. Times are ISO 8601.
 */
export interface OnboardingStatus {
  story: Story;
  accountId: string;
  emailDomain: string;
  phase: Phase;
  /** Why it is where it is, in a sentence. */
  reason: string;
  /** When it looks again by itself; `null` when it is not waiting. */
  nextCheckAt: string | null;
  startedAt: string;
  /** `null` until the input has been validated. */
  deadlineAt: string | null;
  /** Each phase entered so far, in order. */
  timeline: { phase: Phase; enteredAt: string }[];
  zone: PublishingZone | null;
  provider: ChosenProvider | null;
  /** `expectedEverywhereAt` in ISO 8601: shown, never waited for; `null` until all authoritative servers have the value. */
  caches: (CacheOutlook & { expectedEverywhereAt: string | null }) | null;
  /** What was there before this run wrote anything. */
  connectorsBefore: ConnectorsRead | null;
  connector: (Connector & { origin: 'created' | 'adopted' }) | null;
  txtRecord: TxtRecord | null;
  evidence: DnsEvidence | null;
  verification: {
    /** Looks at the connector while waiting for `verified`. */
    checks: number;
    /** Times verification was begun again after Cloudflare reported `failed`. */
    restarts: number;
    /** Times the TXT value had vanished and was published again. */
    republished: number;
    begunAt: string | null;
    verifiedAt: string | null;
  };
  /** `null` until somebody is asked. */
  approval: ApprovalState | null;
  /** `null` until it is enabled and to be confirmed. */
  confirmation: ConfirmationState | null;
  enabledAt: string | null;
  undo: Undo;
  /** What an off-boarding has to do, in order; `null` until it has looked, and in an onboarding. */
  offboarding: OffboardingStep[] | null;
}

export interface OffboardingStep {
  kind: 'disable-connector' | 'delete-connector' | 'remove-txt-value';
  /** The connector's id, or the name at which the value stands. */
  of: string;
  state: 'to-do' | 'done' | 'left';
  /** What was found, or why it was left. */
  note: string | null;
}

export interface OnboardingResult {
  connectorId: string;
  emailDomain: string;
  enabled: true;
  /** True when the connector was found enabled, so that this run changed nothing about it. */
  alreadyEnabled: boolean;
  /** `null` when no value was needed: the connector was found verified. */
  txtRecord: TxtRecord | null;
  /** `null` when the connector was found verified. */
  verifiedAt: string | null;
  /** `null` when the connector was found enabled. */
  enabledAt: string | null;
}

export const statusQuery = defineQuery<OnboardingStatus>('status');
/** Look now instead of waiting for the next check. */
export const checkNowSignal = defineSignal('checkNow');
/** Answers to `waiting-for-approval`; rejected in every other phase, and when somebody has answered. */
export const approveUpdate = defineUpdate<ApprovalState, [Answer]>('approve');
export const rejectUpdate = defineUpdate<ApprovalState, [Answer]>('reject');
/** Somebody who could log in says so; rejected but in `waiting-for-confirmation`. */
export const confirmUpdate = defineUpdate<ConfirmationState, [Answer]>('confirm');
/** Ends an undo that cannot be finished; what is left is reported by name. Rejected while no undo is under way. */
export const giveUpUndoUpdate = defineUpdate<UndoReport, [Answer]>('giveUpUndo');

export const emailDomainAttribute = defineSearchAttributeKey('SsoEmailDomain', 'KEYWORD');
export const accountIdAttribute = defineSearchAttributeKey('SsoAccountId', 'KEYWORD');
export const phaseAttribute = defineSearchAttributeKey('SsoPhase', 'KEYWORD');
/** What a namespace must have before a worker can run in it. */
export const searchAttributes = [emailDomainAttribute, accountIdAttribute, phaseAttribute] as const;

/** The `type` of every `ApplicationFailure` that a run or an activity can end with. */
export const failureTypes = [
  /** The input, or the workflow id it was started with, is wrong. Details: `Problem[]`. */
  'InvalidInput',
  /** The account, the token or DNS is not ready. Nothing was written. Details: `Problem[]`. */
  'PrerequisitesNotMet',
  /** A connector that does not fit the request stands in the way. */
  'ConnectorConflict',
  /** The connector vanished, or changed under the run. */
  'ConnectorChanged',
  /** Somebody said no to enabling it. */
  'ApprovalRejected',
  /** Nobody said yes in time. */
  'ApprovalExpired',
  /** Nobody confirmed in time that they can log in, so it was disabled again. */
  'NotConfirmed',
  /** A call-back may not go where it is to go, or the receiver does not want it any more. */
  'CallBackRefused',
  /** A call-back was not taken; tried again. */
  'CallBackFailed',
  /** An off-boarding stopped half-way; run again, it does the rest. Details: `[OffboardingStop]`. */
  'OffboardingIncomplete',
  /** The deadline passed. */
  'DeadlinePassed',
  /** The run failed, was cancelled or ran out of time, and took back what it had done. Details: `[UndoReport]`. */
  'Undone',
  /** Cloudflare could not be reached or did not answer in time. */
  'CloudflareUnreachable',
  /** Cloudflare answered 5xx, or something that is not its API's envelope. */
  'CloudflareUnavailable',
  /** 429. */
  'CloudflareThrottled',
  /** 401 or 403. */
  'CloudflareUnauthorized',
  /** Any other refusal: 400, 404, 409, or a 200 that says `success: false`. */
  'CloudflareRefused',
  /** DNS servers that had to answer did not. */
  'DnsUnavailable',
  /** The DNS provider (`rfc2136`, `route53`) could not be reached, was in trouble or throttled, or somebody else changed the same values first. */
  'DnsProviderUnavailable',
  /** The DNS provider does not accept the worker's key or credentials, or does not let them do this. */
  'DnsProviderUnauthorized',
  /** The DNS provider refused for good. */
  'DnsProviderRefused',
] as const;
export type FailureType = (typeof failureTypes)[number];
