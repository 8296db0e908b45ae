/** Zones. https://developers.cloudflare.com/api/resources/zones/methods/list/ */
import { z } from 'zod';

import type { CallOptions, Client } from './client.ts';

export interface Zone {
  id: string;
  name: string;
  /** Only `active` is served everywhere; `pending`, `initializing`, `moved` … are not. */
  status: string;
  /** Only in a `full` zone does Cloudflare publish records. */
  type: string;
  /** Those that Cloudflare assigned, and the customer's own names for them. */
  nameServers: string[];
}

const zoneSchema = z
  .object({
    id: z.string().min(1),
    name: z.string().min(1),
    status: z.string().nullish(),
    type: z.string().nullish(),
    name_servers: z.array(z.string()).nullish(),
    vanity_name_servers: z.array(z.string()).nullish(),
  })
  .transform((fields): Zone => ({
    id: fields.id,
    name: fields.name.toLowerCase(),
    status: fields.status ?? 'unknown',
    type: fields.type ?? 'full',
    nameServers: [...(fields.name_servers ?? []), ...(fields.vanity_name_servers ?? [])].map((name) =>
      name.toLowerCase(),
    ),
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
