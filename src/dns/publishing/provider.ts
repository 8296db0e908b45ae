import type { DnsProviderName } from '../../contract/names/vocabulary.ts';
import type { ProviderZone, PublishingZone } from '../../contract/schemas/dns.ts';
import type { Problem } from '../../contract/schemas/parse.ts';

/** How one call to a provider may end early. An aborted `signal` rejects with its own reason, unwrapped. */
export interface ProviderCallOptions {
  signal: AbortSignal;
  timeoutMilliseconds: number;
}

export interface PublishOptions extends ProviderCallOptions {
  /** Whether an earlier try of the same publishing may have added the value. */
  mayHaveWritten: boolean;
  /** To be called right before the value is sent, so that a try which only looked is not taken for one that wrote. */
  aboutToWrite: () => void;
}

/** One thing that was checked. */
export interface Finding {
  subject: string;
  ok: boolean;
  found: string;
  /** What to do about it; `null`: nothing. */
  remedy: string | null;
}

export interface TxtTarget {
  zone: ProviderZone;
  /** The zone that DNS shows; `null` when DNS is not looked at. */
  shown: PublishingZone | null;
  /** The owner name: the e-mail domain itself. */
  name: string;
  /** The whole value, unquoted. */
  value: string;
  /** Who asks, for providers that can mark a record with it. */
  runId: string;
}

export interface WantedZone {
  accountId: string;
  emailDomain: string;
  /** The zone that DNS shows; `null` when DNS is not looked at, so that the provider's own zones have to tell. */
  shown: PublishingZone | null;
}

export interface VisibleZone extends WantedZone {
  shown: PublishingZone;
}

/** One way to publish a TXT value beside everybody else's. Every method is idempotent and leaves sibling values byte for byte as they are. */
export interface TxtRecordProvider {
  readonly name: DnsProviderName;
  /**
   * What `auto` goes by: why the zone is this provider's to publish in, going by its name servers; `null`: it has nothing to
   * do with it.
   * @throws {ProviderError} when it has, and cannot publish there, or cannot tell
   */
  claim: (wanted: VisibleZone, options: ProviderCallOptions) => Promise<string | null>;
  /** The provider's own zone for the domain, or what speaks against publishing there. Changes nothing. */
  findZone: (wanted: WantedZone, options: ProviderCallOptions) => Promise<ZoneFinding>;
  /** For `doctor`: what it shows of the records in a zone that `findZone` found. Reads only. Left out: nothing. */
  examineZone?: (zone: ProviderZone, name: string, options: ProviderCallOptions) => Promise<Finding[]>;
  /** The record that holds exactly this value; `null` when there is none, or when the provider cannot know. */
  find: (target: TxtTarget, options: ProviderCallOptions) => Promise<{ recordId: string | null } | null>;
  /** Adds the value unless it is there. */
  publish: (target: TxtTarget, options: PublishOptions) => Promise<Publication>;
  /** Whether a change has come to all of the provider's name servers. Left out where publishing is at once. */
  hasSpread?: (changeId: string, options: ProviderCallOptions) => Promise<boolean>;
  /**
   * Takes away what this run added, as long as it still holds the value: where values are records of their own, the one of
   * this id or the one marked with its `runId`. `recordId` is `null` when the publishing never reported back.
   */
  remove: (target: TxtTarget & { recordId: string | null }, options: ProviderCallOptions) => Promise<RemovalResult>;
}

export interface Publication {
  recordId: string | null;
  /** For `hasSpread`; `null`: nothing has to be waited for. */
  changeId: string | null;
  /** This run added it, now or at an earlier try. */
  ours: boolean;
}

/**
 * - `not-ours`: the value is there, in a record of somebody else's
 * - `unseen`: only a person can remove it, and whether they have is not to be seen from here
 */
export type RemovalResult = 'removed' | 'absent' | 'not-ours' | 'unseen';

export type ZoneFinding = { fit: true; zone: ProviderZone } | { fit: false; problems: Problem[] };
