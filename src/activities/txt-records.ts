import { activityInfo } from '@temporalio/activity';

import { isRefusal } from '../cloudflare/error-class.ts';
import type { DnsProviderName } from '../contract/names/vocabulary.ts';
import type { ChosenProvider } from '../contract/schemas/dns.ts';
import type { Problem } from '../contract/schemas/parse.ts';
import { zoneTokenRemedy } from '../decisions/prerequisites.ts';
import type { RetryTimings } from '../decisions/timings.ts';
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
import type { EffectReport } from './connectors.ts';
import { notYet } from './failures.ts';
import { perform } from './perform.ts';
import type { UndoOutcome } from './undo.ts';

interface ProviderRequest {
  provider: DnsProviderName;
}

interface TargetRequest extends ProviderRequest {
  target: TxtTarget;
}

export type TxtRecordActivities = ReturnType<typeof createTxtRecordActivities>;

/** The last attempt continues without the answer of a provider that does not respond. */
const attemptsToClaim = 5;

export function createTxtRecordActivities(
  providers: ReadonlyMap<DnsProviderName, TxtRecordProvider>,
  retry: RetryTimings,
) {
  function find(name: DnsProviderName): TxtRecordProvider {
    const provider = providers.get(name);
    if (provider === undefined) throw new TypeError(`No DNS provider is registered as ${name}`);
    return provider;
  }

  return {
    /** The provider that `auto` chooses: the first that serves the zone, else `manual`. */
    chooseProvider: async ({ wanted }: { wanted: VisibleZone }): Promise<ChosenProvider> => {
      return await perform(retry, async (options) => {
        // A provider that does not respond may or may not serve the zone, so it gets a few attempts.
        const isLast = activityInfo().attempt >= attemptsToClaim;
        return await claimZone(
          providers,
          wanted,
          options,
          (error) => isRefusal(error) || (error instanceof ProviderError && (isLast || isProviderRefusal(error))),
        );
      });
    },

    /** The provider's zone to publish in. A refusal is a problem, not a reason to retry. */
    findProviderZone: async ({ provider, wanted }: ProviderRequest & { wanted: WantedZone }): Promise<ZoneFinding> => {
      return await perform(retry, async (options) => {
        try {
          return await find(provider).findZone(wanted, options);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          return { fit: false, problems: [unreadable(wanted, error.message)] };
        }
      });
    },

    /** The record with this value; `null`: there is none, or the provider cannot know. */
    findTxtRecord: async ({ provider, target }: TargetRequest): Promise<{ recordId: string | null } | null> => {
      return await perform(retry, async (options) => await find(provider).find(target, options));
    },

    /** Adds the value beside the others, unless it exists. */
    publishTxtRecord: async ({ provider, target }: TargetRequest): Promise<EffectReport & Publication> => {
      return await perform(retry, async (options) => {
        const certain = !options.mayHaveWritten;
        return { ...(await find(provider).publish(target, options)), certain };
      });
    },

    /** Whether the provider has copied a change to all of its name servers. */
    isChangeComplete: async ({ provider, changeId }: ProviderRequest & { changeId: string }): Promise<boolean> => {
      return await perform(retry, async (options) => (await find(provider).hasSpread?.(changeId, options)) ?? true);
    },

    /** Removes what the run added, and reads again before it reports. */
    removeTxtRecord: async ({
      provider,
      target,
      recordId,
    }: TargetRequest & { recordId: string | null }): Promise<UndoOutcome> => {
      return await perform(retry, async (options) => {
        const first = await find(provider).remove({ ...target, recordId }, options);
        if (first === 'unseen')
          return {
            state: 'left',
            note: 'the person who added it must remove it: DNS is not queried, so the run cannot check',
          };
        const second = await find(provider).remove({ ...target, recordId }, options);
        if (second === 'removed') throw notYet('The DNS provider accepted the removal but still had the TXT value');
        const removed = first === 'removed' ? 'removed' : 'it is gone';
        if (second === 'absent') return { state: 'undone', note: removed };
        const note = 'somebody else has a record with the same value';
        return { state: 'left', note: first === 'removed' ? `removed; ${note}` : note };
      });
    },
  };
}

function unreadable({ emailDomain }: WantedZone, refusal: string): Problem {
  return {
    subject: `zone of ${emailDomain}`,
    problem: `could not be read: ${refusal}`,
    remedy: zoneTokenRemedy,
  };
}
