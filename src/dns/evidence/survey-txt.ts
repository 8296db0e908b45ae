import type { DnsSettings } from '../resolve/settings.ts';
import { observeServers } from './observe-servers.ts';
import type { ServerObservation, TxtQuestion } from './observe-servers.ts';
import type { ResolverView } from '../resolve/resolvers.ts';
import { findServerFaults } from './server-findings.ts';
import { findSplitHorizon } from './split-horizon.ts';

export interface TxtSurvey {
  /** ISO 8601. */
  observedAt: string;
  servers: ServerObservation[];
  /** Empty until the servers agree, and while there are no values. */
  resolvers: ResolverView[];
  findings: string[];
}

/**
 * Reads the TXT values of a name from every authoritative server, and once those agree from resolvers too: queried earlier,
 * resolvers would cache the old answer.
 *
 * @throws the reason of `signal` once it is aborted
 */
export async function surveyTxt(
  settings: DnsSettings,
  query: TxtQuestion & { agree: (servers: readonly ServerObservation[]) => boolean },
): Promise<TxtSurvey> {
  const { zone, name, signal, agree } = query;
  const { timeoutMilliseconds } = settings;
  const servers = await observeServers(settings, query);
  const agreed = agree(servers);
  // A resolver would cache that there are no values, and hide the first one; so would the machine's own.
  const hasValues = servers.some(({ reading }) => reading.kind === 'values' && reading.records.length > 0);
  const mayQueryResolvers = agreed && hasValues;
  const [resolvers, splits] = await Promise.all([
    mayQueryResolvers ? settings.resolvers.viewTxt(name, signal) : [],
    mayQueryResolvers ? findSplitHorizon(zone, { timeoutMilliseconds, signal }) : [],
  ]);
  const bogus = resolvers.flatMap(({ address, isBogus }) => (isBogus ? [address] : []));
  const findings = [...findServerFaults(zone.apex, servers), ...describeBogus(zone.apex, bogus), ...splits];
  return { observedAt: new Date().toISOString(), servers, resolvers, findings };
}

function describeBogus(apex: string, resolvers: readonly string[]): string[] {
  if (resolvers.length === 0) return [];
  const who =
    resolvers.length === 1 ? `the resolver ${resolvers[0]} answers` : `the resolvers ${resolvers.join(', ')} answer`;
  return [
    `${who} SERVFAIL, but not when told to leave signatures unchecked: DNSSEC of ${apex} does not validate: Cloudflare's ` +
      'resolver will not see the value either; repair the signatures or the DS record',
  ];
}
