/** Which DNS servers are queried. */
import type { DnsOptions } from '../dns/dns.ts';
import { parseNameServerOverrides, parseServers } from '../dns/resolve/name-server-overrides.ts';
import { declareParsed, readOrThrow, readVariable } from '../environment/variables.ts';
import type { Environment } from '../environment/variables.ts';

export type DnsServersConfig = Pick<DnsOptions, 'nameServers' | 'resolvers'>;

const readBy = ['worker', 'starter'] as const;

const nameServers = declareParsed(
  {
    name: 'DNS_NAMESERVERS',
    meaning:
      'Authoritative servers to query instead of those that the parent zone names: one list for all domains, or one for each zone.',
    readBy,
    whenUnset: 'the servers that the parent zone names',
    accepts: 'ip[:port],… or zone=ip[:port],…;zone=…',
    example: 'internal.example=192.0.2.53,[2001:db8::53]:5353',
  },
  parseNameServerOverrides,
);

const resolvers = declareParsed(
  {
    name: 'DNS_RESOLVERS',
    meaning: 'Recursive resolvers: they find zones and show what the rest of the world sees.',
    readBy,
    whenUnset: "1.1.1.1 and 8.8.8.8, and the machine's own where those do not answer",
    accepts: 'ip[:port],…',
    example: '192.0.2.53,[2001:db8::53]:5353',
  },
  parseServers,
);

export const dnsServersVariables = [nameServers, resolvers] as const;

export function readDnsServers(environment: Environment, problems: string[]): DnsServersConfig {
  return {
    nameServers: readVariable(environment, nameServers, problems) ?? { kind: 'none' },
    resolvers: readVariable(environment, resolvers, problems) ?? 'default',
  };
}

/** @throws {ConfigError} that lists every problem */
export function readDnsServersConfig(environment: Environment): DnsServersConfig {
  return readOrThrow((problems) => readDnsServers(environment, problems));
}
