import type { DnsProviderName, Problem, ProviderZone, PublishingZone } from '../contract.ts';

/** How one call to a provider may end early. An aborted `signal` rejects with its own reason, unwrapped. */
export interface ProviderCallOptions {
  signal: AbortSignal;
  timeoutMilliseconds: number;
}

export interface TxtTarget {
  zone: ProviderZone;
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

/** One way to publish a TXT value beside everybody else's. Every method is idempotent and leaves sibling values byte for byte as they are. */
export interface TxtRecordProvider {
  readonly name: DnsProviderName;
  /** The provider's own zone for the domain, or what speaks against publishing there. Reads only. */
  findZone: (wanted: WantedZone, options: ProviderCallOptions) => Promise<ZoneFinding>;
  /** The record that holds exactly this value; `null` when there is none, or when the provider cannot know. */
  find: (target: TxtTarget, options: ProviderCallOptions) => Promise<{ recordId: string | null } | null>;
  /** Adds the value unless it is there. `ours`: this run added it, now or at an earlier try. */
  publish: (target: TxtTarget, options: ProviderCallOptions) => Promise<{ recordId: string | null; ours: boolean }>;
  /**
   * Takes away the record that this run added: the one of this id, or the one marked with its `runId`, as long as it still
   * holds the value. `recordId` is `null` when the publishing never reported back.
   */
  remove: (target: TxtTarget & { recordId: string | null }, options: ProviderCallOptions) => Promise<RemovalResult>;
}

/** `not-ours`: the value is there, in a record of somebody else's. */
export type RemovalResult = 'removed' | 'absent' | 'not-ours';

export type ZoneFinding = { fit: true; zone: ProviderZone } | { fit: false; problems: Problem[] };
