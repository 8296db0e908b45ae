/** Every enumeration and limit of the contract, as plain data that workflows can import. */

export const dnsProviderNames = ['cloudflare', 'rfc2136', 'route53', 'manual'] as const;
export type DnsProviderName = (typeof dnsProviderNames)[number];
/** `auto`: the provider whose name servers serve the domain, if the worker is configured for it. */
export const dnsProviderChoices = ['auto', ...dnsProviderNames] as const;
export type DnsProviderChoice = (typeof dnsProviderChoices)[number];

/** Whether a person has to approve before the connector is enabled. */
export const enablements = ['automatic', 'after-approval'] as const;
/** Whether a person has to approve before the connector is disabled. */
export const disablements = ['automatic', 'after-approval'] as const;
/** `off`: the domain's name servers are not asked (split horizon, port 53 closed). */
export const propagationChecks = ['authoritative', 'off'] as const;

/** Cloudflare's `verification.status`. */
export const verificationStatuses = ['awaiting', 'pending', 'failed', 'verified'] as const;

export const resolverVerdicts = ['has-value', 'lacks-value', 'unreachable'] as const;
/** `lame`: the server does not answer authoritatively for the zone. */
export const serverVerdicts = [...resolverVerdicts, 'lame'] as const;
export type ServerVerdict = (typeof serverVerdicts)[number];

export const undoKinds = ['delete-connector', 'remove-txt-value', 'disable-connector'] as const;
export type UndoKind = (typeof undoKinds)[number];
export const offboardingStepKinds = ['disable-connector', 'delete-connector', 'remove-txt-value'] as const;

/** The `type` of the call-back events about a domain. */
export const domainEventTypes = [
  /** A person has to approve; sent again with each reminder. */
  'onboarding.needs-approval',
  /** A person has to confirm that they can sign in. */
  'onboarding.needs-confirmation',
  /** A person has to add or remove the TXT value by hand. */
  'onboarding.needs-dns-change',
  'onboarding.enabled',
  'onboarding.failed',
  'onboarding.undone',
  'onboarding.cancelled',
  /** An event was accepted, but other work on the domain was running by the time it was processed. */
  'onboarding.not-started',
  'offboarding.needs-approval',
  'offboarding.needs-dns-change',
  'offboarding.done',
  'offboarding.failed',
  'offboarding.cancelled',
  'offboarding.not-started',
] as const;
export type DomainEventType = (typeof domainEventTypes)[number];

export const driftKinds = [
  /** The recorded connector exists and is not enabled. */
  'disabled',
  /** The domain has no connector. */
  'deleted',
  /** The recorded connector is gone, and the domain has another. */
  'replaced',
  /** The connector is enabled, and its verification is no longer `verified`. */
  'unverified',
  /** No authoritative server that answered has the TXT value. */
  'txt-missing',
  /** Some authoritative servers have the TXT value and some do not. */
  'txt-partial',
  /** The domain has another connector besides the recorded one. */
  'second-connector',
  /** The connector is enabled, and no onboarding recorded it. */
  'unknown-connector',
] as const;
export type DriftKind = (typeof driftKinds)[number];

export const rowOutcomes = [
  'enabled',
  /** The connector was enabled before, so the run changed nothing. */
  'already-enabled',
  'failed',
  /** Not started, because other work on the domain was running. */
  'refused',
  /** Somebody cancelled the domain's run. */
  'cancelled',
] as const;

/** Why the workflow of a domain was not started. */
const conflictReasons = ['other-input', 'being-undone', 'onboarding', 'offboarding', 'other-workflow'] as const;
export type ConflictReason = (typeof conflictReasons)[number];

/** The fields of a bulk row, and the column names of a CSV file. */
export const rowFields = [
  'emailDomain',
  'enablement',
  'dnsProvider',
  'confirmWithinSeconds',
  'useFedrampLanguage',
  'callbackUrl',
] as const;

/**
 * A bulk run's input, its results and the largest failure message must fit into one Temporal payload of 2 MB, because a run
 * that continues as new carries all of them. `bytes` is the size of the input as JSON.
 */
export const bulkLimits = { rows: 4000, bytes: 500_000, messageBytes: 200 } as const;
/** How many onboardings a bulk run keeps running at once. */
export const bulkConcurrency = { default: 10, max: 50 } as const;

/** Each reminder adds events to the run's history, whose size the server limits. */
export const maxReminders = 400;
