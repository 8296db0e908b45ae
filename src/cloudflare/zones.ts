/** Zones. https://developers.cloudflare.com/api/resources/zones/methods/list/ */
import { z } from 'zod';

import type { CallOptions, Client } from './client.ts';

export type Zone = z.infer<typeof zoneSchema>;

const zoneSchema = z
  .object({
    id: z.string().min(1),
    name: z.string().min(1),
    status: z.string().nullish(),
    type: z.string().nullish(),
    name_servers: z.array(z.string()).nullish(),
    vanity_name_servers: z.array(z.string()).nullish(),
  })
  .transform(({ id, name, status, type, name_servers: assigned, vanity_name_servers: vanity }) => ({
    id,
    name: name.toLowerCase(),
    /** Only `active` is served everywhere; `pending`, `initializing`, `moved` … are not. */
    status: status ?? 'unknown',
    /** Only in a `full` zone does Cloudflare publish records. */
    type: type ?? 'full',
    /** Those that Cloudflare assigned, and the customer's own names for them. */
    nameServers: [...(assigned ?? []), ...(vanity ?? [])].map((server) => server.toLowerCase()),
  }));

export function createZones(client: Client) {
  return {
    /** `GET /zones?name=…&account.id=…`: the account's zones of exactly this name. */
    async find(accountId: string, name: string, options: CallOptions): Promise<Zone[]> {
      const zones = await client.listAll('zones', { name, 'account.id': accountId }, zoneSchema, options);
      return zones.filter((zone) => zone.name === name);
    },
  };
}
