import type { DnsProviderName } from '../../contract/names/vocabulary.ts';
import type { ChosenProvider } from '../../contract/schemas/dns.ts';
import type { ProviderCallOptions, TxtRecordProvider, VisibleZone } from './provider.ts';

/**
 * What `auto` comes to: the first provider to claim the zone, else a person.
 * @param isNo whether what a provider fails with is taken for its no; anything else is thrown
 */
export async function claimZone(
  providers: ReadonlyMap<DnsProviderName, TxtRecordProvider>,
  wanted: VisibleZone,
  options: ProviderCallOptions,
  isNo: (error: unknown) => boolean,
): Promise<ChosenProvider> {
  const unasked: string[] = [];
  for (const provider of providers.values()) {
    try {
      const why = await provider.claim(wanted, options);
      if (why !== null) return { name: provider.name, why };
    } catch (error) {
      if (!(error instanceof Error) || !isNo(error)) throw error;
      unasked.push(`; not ${provider.name}: ${error.message}`);
    }
  }
  const { apex, nameServers } = wanted.shown;
  const why = `${apex} is on ${nameServers.join(', ')}, which none of the worker's providers can publish on`;
  return { name: 'manual', why: why + unasked.join('') };
}
