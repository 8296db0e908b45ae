import type { CacheOutlook } from '../contract/schemas/dns.ts';

/** Where nothing else tells: the TTL of a record that a person adds. */
const usualTtlSeconds = 300;

/**
 * One TXT record, so that a person can paste it: field by field for a DNS console, and as a line of a zone file. Values of
 * one name have one TTL: that of those which are there.
 */
export function describeRecord(name: string, value: string, caches: CacheOutlook | null): string {
  const ttl = caches?.because === 'old-values' ? caches.seconds : usualTtlSeconds;
  const quoted = `"${value.replaceAll(/["\\]/gu, String.raw`\$&`)}"`;
  return `type TXT, name ${name}, value ${value}, TTL ${ttl} (in a zone file: ${name}. ${ttl} IN TXT ${quoted})`;
}
