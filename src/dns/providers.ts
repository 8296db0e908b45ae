import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import type { DnsProviderName } from '../contract.ts';
import { createCloudflareProvider } from './cloudflare-provider.ts';
import { createManualProvider } from './manual-provider.ts';
import type { TxtRecordProvider } from './txt-record-provider.ts';

/** Every way to publish a TXT value. A new one is its file and its line here. */
export function createProviders(cloudflare: Cloudflare): ReadonlyMap<DnsProviderName, TxtRecordProvider> {
  const providers = [createCloudflareProvider(cloudflare), createManualProvider()];
  return new Map(providers.map((provider) => [provider.name, provider]));
}
