import type { DnsProviderName } from '../../contract/names/vocabulary.ts';
import type { ProviderZone, PublishingZone } from '../../contract/schemas/dns.ts';
import type { Problem } from '../../contract/schemas/parse.ts';

/** When one call to a provider ends early. An aborted `signal` rejects with its own reason, unwrapped. */
export interface ProviderCallOptions {
  signal: AbortSignal;
  timeoutMilliseconds: number;
}

export interface PublishOptions extends ProviderCallOptions {
  /** Whether an earlier attempt may have added the value. */
  mayHaveWritten: boolean;
  /** Called right before the value is sent, so that an attempt which only read is not taken for one that wrote. */
  aboutToWrite: () => void;
}

/** One thing that was checked. */
export interface Finding {
  subject: string;
  ok: boolean;
  found: string;
  /** What to do; `null`: nothing. */
  remedy: string | null;
}

export interface TxtTarget {
  zone: ProviderZone;
  /** The zone found in DNS; `null` when DNS is not queried. */
  shown: PublishingZone | null;
  /** The owner name: the e-mail domain itself. */
  name: string;
  /** The whole value, unquoted. */
  value: string;
  /** The run, for providers that can mark a record with it. */
  runId: string;
}

export interface WantedZone {
  accountId: string;
  emailDomain: string;
  /** The zone found in DNS; `null` when DNS is not queried, so that only the provider's own zones count. */
  shown: PublishingZone | null;
}

export interface VisibleZone extends WantedZone {
  shown: PublishingZone;
}

/** One way to publish a TXT value beside everybody else's. Every method is idempotent and leaves sibling values byte for byte as they are. */
export interface TxtRecordProvider {
  readonly name: DnsProviderName;
  /**
   * For `auto`: why this provider serves the zone; `null`: it does not.
   * @throws {ProviderError} when it does and cannot publish there, or when that is unknown
   */
  claim: (wanted: VisibleZone, options: ProviderCallOptions) => Promise<string | null>;
  /** The provider's own zone for the domain, or what prevents publishing there. Changes nothing. */
  findZone: (wanted: WantedZone, options: ProviderCallOptions) => Promise<ZoneFinding>;
  /** For `doctor`: more about a zone that `findZone` returned. Reads only. */
  examineZone?: (zone: ProviderZone, name: string, options: ProviderCallOptions) => Promise<Finding[]>;
  /** The record with exactly this value; `null`: there is none, or the provider cannot know. */
  find: (target: TxtTarget, options: ProviderCallOptions) => Promise<{ recordId: string | null } | null>;
  /** Adds the value unless it is there. */
  publish: (target: TxtTarget, options: PublishOptions) => Promise<Publication>;
  /** Whether a change has reached all of the provider's name servers. Left out where that is immediate. */
  hasSpread?: (changeId: string, options: ProviderCallOptions) => Promise<boolean>;
  /**
   * Removes what this run added, if it still has the value: where each value is a record of its own, the record with this id
   * or the one marked with `runId`. `recordId` is `null` when the result of publishing was lost.
   */
  remove: (target: TxtTarget & { recordId: string | null }, options: ProviderCallOptions) => Promise<RemovalResult>;
}

export interface Publication {
  recordId: string | null;
  /** For `hasSpread`; `null`: there is nothing to wait for. */
  changeId: string | null;
  /** This run added it, now or in an earlier attempt. */
  ours: boolean;
}

/**
 * - `not-ours`: the value is there, in somebody else's record
 * - `unseen`: only a person can remove it, and DNS is not queried, so it is unknown whether they have
 */
type RemovalResult = 'removed' | 'absent' | 'not-ours' | 'unseen';

export type ZoneFinding = { fit: true; zone: ProviderZone } | { fit: false; problems: Problem[] };
