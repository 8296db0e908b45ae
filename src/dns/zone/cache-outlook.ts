import type { CacheOutlook } from '../../contract/schemas/dns.ts';
import { recordsOf } from '../wire/txt-answer.ts';
import type { WireAnswer } from '../wire/message.ts';

/**
 * How long caches that were told this authoritative answer to the TXT question for `name` may go on showing it; `null`:
 * it does not say. It has to be the TXT question: some servers give the SOA in a negative answer to another one TTL 0.
 */
export function readCacheOutlook(answer: WireAnswer, name: string): CacheOutlook | null {
  const own = recordsOf(answer, name);
  const ttls = own.flatMap(({ type, ttl }) => (type === 'TXT' ? [ttl ?? 0] : []));
  if (ttls.length > 0) return { seconds: Math.max(...ttls), because: 'old-values' };
  if (own.length > 0) return null;
  const soa = answer.authorities.find((record) => record.type === 'SOA');
  if (soa === undefined) return null;
  return { seconds: Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0), because: 'no-values' };
}

/** The one that holds for all: a cache may have asked any of the servers. */
export function longestOutlook(outlooks: readonly (CacheOutlook | null)[]): CacheOutlook | null {
  return outlooks.reduce(
    (longest, outlook) =>
      longest === null || (outlook !== null && outlook.seconds > longest.seconds) ? outlook : longest,
    null,
  );
}
