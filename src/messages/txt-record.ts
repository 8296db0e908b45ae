import type { CacheEstimate } from '../contract/schemas/dns.ts';

/** The TTL of the first value at a name; a later one gets the TTL of those that are there. */
export const ttlSecondsOfFirstValue = 300;

/**
 * One TXT record for a person to copy: field by field for a DNS console, and as a line of a zone file. All values of one name
 * share one TTL, so existing values decide it.
 */
export function describeTxtRecord(name: string, value: string, caches: CacheEstimate | null): string {
  const ttl = caches?.because === 'old-values' ? caches.seconds : ttlSecondsOfFirstValue;
  const quoted = `"${value.replaceAll(/["\\]/gu, String.raw`\$&`)}"`;
  return `type TXT, name ${name}, value ${value}, TTL ${ttl} (in a zone file: ${name}. ${ttl} IN TXT ${quoted})`;
}
