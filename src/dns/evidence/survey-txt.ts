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
 * One look at the TXT values of a name: at every authoritative server, and once those agree at resolvers, which would
 * remember what they see too early.
 *
 * @throws the reason of `signal` once it is aborted
 */
export async function surveyTxt(
  settings: DnsSettings,
  asked: TxtQuestion & { agree: (servers: readonly ServerObservation[]) => boolean },
): Promise<TxtSurvey> {
  const { zone, name, signal, agree } = asked;
  const { timeoutMilliseconds } = settings;
  const servers = await observeServers(settings, asked);
  const agreed = agree(servers);
  // A resolver would remember that there are no values, and hide the first one; those of the machine too.
  const hasValues = servers.some(({ reading }) => reading.kind === 'values' && reading.records.length > 0);
  const mayAsk = agreed && hasValues;
  const [resolvers, splits] = await Promise.all([
    mayAsk ? settings.resolvers.viewTxt(name, signal) : [],
    mayAsk ? findSplitHorizon(zone, { timeoutMilliseconds, signal }) : [],
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
      'resolver will not see the value either; mend the signatures or the DS record',
  ];
}
