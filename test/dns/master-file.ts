/** Zones for real servers, as text. */

export interface MasterFile {
  apex: string;
  /** The addresses of ns1, ns2 … below the apex, which are its name servers. */
  nameServers: readonly string[];
  serial?: number;
  /** Of the SOA and of every record; default: 60. */
  ttl?: number;
  /** The SOA's MINIMUM; default: the TTL. */
  minimum?: number;
  /** Further records, names relative to the apex. */
  records?: readonly string[];
}

export function writeMasterFile({ apex, nameServers, serial = 1, ttl = 60, minimum = ttl, records = [] }: MasterFile) {
  return [
    `$ORIGIN ${apex}.`,
    `$TTL ${ttl}`,
    `@ SOA ns1 hostmaster ${serial} 86400 86400 864000 ${minimum}`,
    ...nameServers.flatMap((address, index) => [`@ NS ns${index + 1}`, `ns${index + 1} A ${address}`]),
    ...records,
    '',
  ].join('\n');
}
