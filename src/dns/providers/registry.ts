import type { Cloudflare } from '../../cloudflare/cloudflare.ts';
import type { DnsProviderName } from '../../contract/names/vocabulary.ts';
import { createCloudflareProvider } from './cloudflare/provider.ts';
import type { Dns } from '../dns.ts';
import { createManualProvider } from './manual/provider.ts';
import { createRfc2136Provider } from './rfc2136/provider.ts';
import type { Rfc2136Config } from './rfc2136/provider.ts';
import { createRoute53Provider } from './route53/provider.ts';
import type { TxtRecordProvider } from '../publishing/provider.ts';

export interface ProviderDependencies {
  cloudflare: Cloudflare;
  dns: Dns;
  rfc2136: Rfc2136Config | null;
}

/** Every way to publish a TXT value, in the order in which `auto` asks them. A new one is its file and its line here. */
export function createProviders({
  cloudflare,
  dns,
  rfc2136,
}: ProviderDependencies): ReadonlyMap<DnsProviderName, TxtRecordProvider> {
  const providers = [
    createCloudflareProvider(cloudflare),
    createRoute53Provider(),
    createRfc2136Provider(rfc2136, dns),
    createManualProvider(dns),
  ];
  return new Map(providers.map((provider) => [provider.name, provider]));
}
