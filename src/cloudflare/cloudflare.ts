import { createClient } from './client.ts';
import type { ClientOptions } from './client.ts';
import { createConnectors } from './connectors.ts';
import type { Connectors } from './connectors.ts';
import { createPreflight } from './preflight.ts';
import type { Preflight } from './preflight.ts';
import { createTxtRecords } from './txt-records.ts';
import type { TxtRecords } from './txt-records.ts';
import { createZones } from './zones.ts';
import type { Zones } from './zones.ts';

/** The part of the Cloudflare API that onboarding needs. Every method throws {@link CloudflareError}. */
export interface Cloudflare {
  connectors: Connectors;
  zones: Zones;
  txtRecords: TxtRecords;
  preflight: Preflight;
}

export function createCloudflare(options: ClientOptions): Cloudflare {
  const client = createClient(options);
  return {
    connectors: createConnectors(client),
    zones: createZones(client),
    txtRecords: createTxtRecords(client),
    preflight: createPreflight(client),
  };
}
