/** TXT records of a zone. https://developers.cloudflare.com/api/resources/dns/subresources/records/ */
import { z } from 'zod';

import type { CallOptions, Client } from './client.ts';

export type TxtRecordEntry = z.infer<typeof recordSchema>;

interface NewTxtRecord {
  name: string;
  /** Quoted, at most 255 bytes a string. */
  content: string;
  /** At most 100 characters on free plans. */
  comment: string;
}

const recordSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  /** As it was sent, quoted or not. */
  content: z.string(),
  comment: z.string().nullable().default(null),
});

const automaticTtl = 1;

const collection = (zoneId: string) => `zones/${zoneId}/dns_records`;

export function createTxtRecords(client: Client) {
  return {
    /** `GET …/dns_records`: all TXT records at a name. */
    async list(zoneId: string, name: string, options: CallOptions): Promise<TxtRecordEntry[]> {
      const query = { type: 'TXT', 'name.exact': name, per_page: '100' };
      const records = await client.listAll(collection(zoneId), query, recordSchema, options);
      // The filters ignore case, and nothing guarantees that they are applied.
      return records.filter((record) => record.name.toLowerCase() === name.toLowerCase());
    },

    /** `POST …/dns_records`, with Cloudflare's automatic TTL. Every other record stays as it is. */
    async create(zoneId: string, record: NewTxtRecord, options: CallOptions): Promise<TxtRecordEntry> {
      const body = { type: 'TXT', ...record, ttl: automaticTtl };
      return await client.call({ method: 'POST', path: collection(zoneId), body }, recordSchema, options);
    },

    /** `DELETE …/dns_records/{id}` */
    async delete(zoneId: string, recordId: string, options: CallOptions): Promise<void> {
      await client.call({ method: 'DELETE', path: `${collection(zoneId)}/${recordId}` }, z.unknown(), options);
    },
  };
}
