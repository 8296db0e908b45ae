import type { DnsProviderName } from '../../contract/names/vocabulary.ts';
import type { ChosenProvider } from '../../contract/schemas/dns.ts';
import type { ProviderCallOptions, TxtRecordProvider, VisibleZone } from './provider.ts';

/**
 * Resolves `auto`: the first provider to claim the zone, else `manual`.
 * @param meansNoClaim whether an error of a provider means that it does not claim the zone; any other error is thrown
 */
export async function claimZone(
  providers: ReadonlyMap<DnsProviderName, TxtRecordProvider>,
  wanted: VisibleZone,
  options: ProviderCallOptions,
  meansNoClaim: (error: unknown) => boolean,
): Promise<ChosenProvider> {
  const refusals: string[] = [];
  for (const provider of providers.values()) {
    try {
      const why = await provider.claim(wanted, options);
      if (why !== null) return { name: provider.name, why };
    } catch (error) {
      if (!(error instanceof Error) || !meansNoClaim(error)) throw error;
      refusals.push(`; not ${provider.name}: ${error.message}`);
    }
  }
  const { apex, nameServers } = wanted.shown;
  const why = `${apex} is on ${nameServers.join(', ')}, which none of the worker's providers can publish on`;
  return { name: 'manual', why: why + refusals.join('') };
}
