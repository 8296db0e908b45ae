/** Drift: what is no longer as the records say it should be (`connector-record.ts`). */
import type { Pace, VerificationStatus } from './old-contract.ts';

/** A run of this type is one look at an account. */
export const DRIFT_WORKFLOW_TYPE = 'findDrift';
export type DriftWorkflow = (input: DriftInput) => Promise<DriftReport>;

/**
 * The id of the account's Schedule, and of a look that somebody asked for; the server appends the time to it for a look
 * that the Schedule starts.
 */
export function driftIdFor(accountId: string): string {
  return `sso-drift/${accountId}`;
}

/** What a client sends. */
export interface DriftInput {
  /** 32 hexadecimal characters. */
  accountId: string;
  /** Publish TXT values that have vanished again, where they were ours. Nothing else is ever changed. Default false. */
  repair?: boolean | undefined;
  /** Gets a signed `account.drift` when something is found, and once when it is over; its origin has to be one of the worker's `CALLBACK_ORIGINS`. */
  callbackUrl?: string | undefined;
  pace?: { [Key in keyof Pace]?: Pace[Key] | undefined } | undefined;
}

/** The validated input with every default filled in. */
export interface DriftSettings {
  accountId: string;
  repair: boolean;
  /** `null`: nobody is told. */
  callbackUrl: string | null;
  pace: Pace;
}

export const driftKinds = [
  /** The recorded connector is there, and not enabled. */
  'disabled',
  /** The domain has no connector. */
  'deleted',
  /** The recorded connector is gone, and the domain has another. */
  'replaced',
  /** It is enabled, and its verification is no longer `verified`. */
  'unverified',
  /** No authoritative server that answered has the TXT value. */
  'txt-missing',
  /** Some have it and some do not. */
  'txt-partial',
  /** Beside the recorded connector the domain has another. */
  'second-connector',
  /** Enabled in the account, and no record knows it: onboarded by hand. */
  'unknown-connector',
] as const;
export type DriftKind = (typeof driftKinds)[number];

export interface DriftFinding {
  emailDomain: string;
  kind: DriftKind;
  /** What was found, in a sentence. */
  detail: string;
  /** What to do about it. */
  remedy: string;
  /** True when this look put it right. */
  repaired: boolean;
}

/** The result of one look. The numbers count everything; the lists are cut at a length that stays small. */
export interface DriftReport {
  accountId: string;
  /** ISO 8601: when it began. */
  lookedAt: string;
  /** Why the account's connectors could not be read, so that nothing could be compared; `null`: they were. */
  unreadable: string | null;
  /** How many should be enabled: the sum of the next four. */
  domains: number;
  healthy: number;
  /** With one finding or more. */
  drifted: number;
  /** Could not be looked at, wholly or in part, and nothing was found: no drift. See `unseen`. */
  undetermined: number;
  /** Onboarded or off-boarded during the look, and left to the next one. */
  inMotion: number;
  /** How many findings of each kind. */
  counts: Record<DriftKind, number>;
  repaired: number;
  findings: DriftFinding[];
  /** Findings that the list leaves out. */
  findingsCut: number;
  unseen: UnseenDomain[];
  unseenCut: number;
}

/** Why a domain could not be looked at. */
export interface UnseenDomain {
  emailDomain: string;
  reason: string;
}

/** What a record says, as far as it is compared with the account's connectors. */
export interface RecordedDomain {
  emailDomain: string;
  connectorId: string;
  /** Whether a TXT value belongs to it that DNS can be asked for. */
  hasTxt: boolean;
}

/** A connector of the account, as short as can be: there may be thousands. `emailDomain` in normal form. */
export interface ListedConnector {
  id: string;
  emailDomain: string;
  enabled: boolean;
  verificationStatus: VerificationStatus;
}
