import { activityInfo } from '@temporalio/activity';

import { isRefusal } from '../cloudflare/error-class.ts';
import type { DnsProviderName } from '../contract/names/vocabulary.ts';
import type { Pace } from '../contract/old-contract.ts';
import type { ChosenProvider } from '../contract/schemas/dns.ts';
import type { Problem } from '../contract/schemas/parse.ts';
import { claimZone } from '../dns/publishing/claim-zone.ts';
import { isProviderRefusal, ProviderError } from '../dns/publishing/provider-error.ts';
import type {
  Publication,
  TxtRecordProvider,
  TxtTarget,
  VisibleZone,
  WantedZone,
  ZoneFinding,
} from '../dns/publishing/provider.ts';
import type { Reported } from './connectors.ts';
import { notYet } from './failures.ts';
import { perform } from './perform.ts';
import type { UndoOutcome } from './undo.ts';

interface ProviderRequest {
  provider: DnsProviderName;
  pace: Pace;
}

export interface TxtRecordActivities {
  /** What `auto` comes to: the first provider to claim the zone, else a person. */
  chooseProvider: (request: { wanted: VisibleZone; pace: Pace }) => Promise<ChosenProvider>;
  /** The provider's zone to publish in. A refusal is an answer here, not a retry. */
  findProviderZone: (request: ProviderRequest & { wanted: WantedZone }) => Promise<ZoneFinding>;
  /** The record with this value; `null`: absent, or the provider cannot know. */
  findTxtRecord: (request: ProviderRequest & { target: TxtTarget }) => Promise<{ recordId: string | null } | null>;
  /** Adds the value beside the others, unless it is there. */
  publishTxtRecord: (request: ProviderRequest & { target: TxtTarget }) => Promise<Reported & Publication>;
  /** Whether a change has come to all of the provider's name servers. */
  hasChangeSpread: (request: ProviderRequest & { changeId: string }) => Promise<boolean>;
  /** Takes away what this run added, and looks again before it reports. */
  removeTxtRecord: (request: ProviderRequest & { target: TxtTarget; recordId: string | null }) => Promise<UndoOutcome>;
}

/** Of which the last one goes on without the provider's word. */
const triesOfAClaim = 5;

export function createTxtRecordActivities(
  providers: ReadonlyMap<DnsProviderName, TxtRecordProvider>,
): TxtRecordActivities {
  function choose(name: DnsProviderName): TxtRecordProvider {
    const provider = providers.get(name);
    if (provider === undefined) throw new TypeError(`No DNS provider is registered as ${name}`);
    return provider;
  }

  return {
    async chooseProvider({ wanted, pace }) {
      return await perform(pace, async (options) => {
        // One that does not answer may be the one, and may not be: it is given some time.
        const isLast = activityInfo().attempt >= triesOfAClaim;
        return await claimZone(
          providers,
          wanted,
          options,
          (error) => isRefusal(error) || (error instanceof ProviderError && (isLast || isProviderRefusal(error))),
        );
      });
    },

    async findProviderZone({ provider, wanted, pace }) {
      return await perform(pace, async (options) => {
        try {
          return await choose(provider).findZone(wanted, options);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          return { fit: false, problems: [unreadable(wanted, error.message)] };
        }
      });
    },

    async findTxtRecord({ provider, target, pace }) {
      return await perform(pace, async (options) => await choose(provider).find(target, options));
    },

    async publishTxtRecord({ provider, target, pace }) {
      return await perform(pace, async (options) => {
        const certain = !options.mayHaveWritten;
        return { ...(await choose(provider).publish(target, options)), certain };
      });
    },

    async hasChangeSpread({ provider, changeId, pace }) {
      return await perform(pace, async (options) => (await choose(provider).hasSpread?.(changeId, options)) ?? true);
    },

    async removeTxtRecord({ provider, target, recordId, pace }) {
      return await perform(pace, async (options) => {
        const first = await choose(provider).remove({ ...target, recordId }, options);
        if (first === 'unseen') return { state: 'left', note: 'whoever added it by hand has to remove it' };
        const second = await choose(provider).remove({ ...target, recordId }, options);
        if (second === 'removed') throw notYet('The DNS provider accepted the removal, and still had the TXT value');
        const removed = first === 'removed' ? 'removed' : 'it is gone';
        if (second === 'absent') return { state: 'undone', note: removed };
        const note = 'the same value stands in a record of somebody else';
        return { state: 'left', note: first === 'removed' ? `removed; ${note}` : note };
      });
    },
  };
}

function unreadable({ emailDomain }: WantedZone, refusal: string): Problem {
  return {
    subject: `zone of ${emailDomain}`,
    problem: `could not be read: ${refusal}`,
    remedy: 'give the API token the permissions "Zone: Read" and "DNS: Edit" on this zone',
  };
}
