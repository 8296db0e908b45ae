/** A person adds the value and removes it again, as the status tells them; DNS shows whether they have. */
import type { Dns } from '../../dns.ts';
import { ProviderError } from '../../publishing/provider-error.ts';
import type { ProviderCallOptions, TxtRecordProvider, TxtTarget } from '../../publishing/provider.ts';

export function createManualProvider({ observeTxt }: Pick<Dns, 'observeTxt'>): TxtRecordProvider {
  /** Whether any authoritative server has it; `null`: none answered. */
  async function isPublished({ shown, name, value }: TxtTarget, options: ProviderCallOptions): Promise<boolean | null> {
    if (shown === null) return null;
    const { signal, timeoutMilliseconds: withinMilliseconds } = options;
    const { servers } = await observeTxt({ zone: shown, name, value, signal, withinMilliseconds });
    if (servers.some(({ verdict }) => verdict === 'has-value')) return true;
    return servers.some(({ verdict }) => verdict === 'lacks-value') ? false : null;
  }

  return {
    name: 'manual',

    async claim() {
      return await Promise.resolve(null);
    },

    async findZone({ emailDomain, shown }) {
      return await Promise.resolve({ fit: true, zone: { apex: shown?.apex ?? emailDomain, zoneId: null } });
    },

    async find(target, options) {
      return (await isPublished(target, options)) === true ? { recordId: null } : null;
    },

    // A person adds it for this run, which later asks for its removal.
    async publish() {
      return await Promise.resolve({ recordId: null, changeId: null, ours: true });
    },

    async remove(target, options) {
      if (target.shown === null) return 'unseen';
      switch (await isPublished(target, options)) {
        case false:
          return 'absent';
        case true:
          throw new ProviderError('unavailable', `the TXT value is still at ${target.name}`, 'remove it by hand');
        case null:
          throw new ProviderError(
            'unavailable',
            `no name server of ${target.zone.apex} answers`,
            'the query is retried',
          );
      }
    },
  };
}
