import type { NameServerOverrides } from './name-server-overrides.ts';
import type { Resolvers } from './resolvers.ts';

/** What every DNS operation needs. */
export interface DnsSettings {
  nameServers: NameServerOverrides;
  resolvers: Resolvers;
  /** Where discovered authoritative servers listen: 53 but in tests. */
  authoritativePort: number;
  /** For each query, its retransmissions included. */
  timeoutMilliseconds: number;
}
