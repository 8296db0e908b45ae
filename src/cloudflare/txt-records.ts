/** TXT records of a zone. https://developers.cloudflare.com/api/resources/dns/subresources/records/ */
import { z } from 'zod';

import type { CallOptions, Client } from './client.ts';

export interface TxtRecordEntry {
  id: string;
  name: string;
  /** As it was sent, quoted or not. */
  content: string;
  comment: string | null;
}

export interface NewTxtRecord {
  name: string;
  /** Quoted, at most 255 bytes a string. */
  content: string;
  /** At most 100 characters on free plans. */
  comment: string;
}

const recordSchema = z
  .object({ id: z.string().min(1), name: z.string(), content: z.string(), comment: z.string().nullish() })
  .transform((fields): TxtRecordEntry => ({ ...fields, comment: fields.comment ?? null }));

export interface TxtRecords {
  /** `GET …/dns_records`: all TXT records at a name. */
  list: (zoneId: string, name: string, options: CallOptions) => Promise<TxtRecordEntry[]>;
  /** `POST …/dns_records`, with Cloudflare's automatic TTL. Every other record stays as it is. */
  create: (zoneId: string, record: NewTxtRecord, options: CallOptions) => Promise<TxtRecordEntry>;
  /** `DELETE …/dns_records/{id}` */
  delete: (zoneId: string, recordId: string, options: CallOptions) => Promise<void>;
}

const automaticTtl = 1;

const collection = (zoneId: string) => `zones/${zoneId}/dns_records`;

export function createTxtRecords(client: Client): TxtRecords {
  return {
    async list(zoneId, name, options) {
      const query = { type: 'TXT', 'name.exact': name, per_page: '100' };
      const records = await client.listAll(collection(zoneId), query, recordSchema, options);
      // The filters ignore case, and nothing guarantees that they are applied.
      return records.filter((record) => record.name.toLowerCase() === name.toLowerCase());
    },

    async create(zoneId, { name, content, comment }, options) {
      const body = { type: 'TXT', name, content, comment, ttl: automaticTtl };
      return await client.call({ method: 'POST', path: collection(zoneId), body }, recordSchema, options);
    },

    async delete(zoneId, recordId, options) {
      await client.call({ method: 'DELETE', path: `${collection(zoneId)}/${recordId}` }, z.unknown(), options);
    },
  };
}
