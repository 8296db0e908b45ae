import { createClient } from './client.ts';
import type { ClientOptions } from './client.ts';
import { createConnectors } from './connectors.ts';
import { createPreflight } from './preflight.ts';
import { createTxtRecords } from './txt-records.ts';
import { createZones } from './zones.ts';

export type Cloudflare = ReturnType<typeof createCloudflare>;

/** The part of the Cloudflare API that onboarding needs. Every method throws {@link CloudflareError}. */
export function createCloudflare(options: ClientOptions) {
  const client = createClient(options);
  return {
    connectors: createConnectors(client),
    zones: createZones(client),
    txtRecords: createTxtRecords(client),
    preflight: createPreflight(client),
  };
}
