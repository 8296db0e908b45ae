import type { ServerVerdict } from '../../contract/names/vocabulary.ts';
import type { DnsEvidence, ResolverEvidence, ServerEvidence } from '../../contract/schemas/dns.ts';
import type { DnsSettings } from '../resolve/settings.ts';
import type { TxtReading } from '../wire/txt-answer.ts';
import { observeServers } from './observe-servers.ts';
import type { ServerObservation, TxtQuestion } from './observe-servers.ts';
import { findServerFaults } from './server-findings.ts';
import { findSplitHorizon } from './split-horizon.ts';
import { verdictAtResolver, verdictOn } from './txt-verdict.ts';
import type { TxtVerdict } from './txt-verdict.ts';

export interface TxtObservation extends TxtQuestion {
  value: string;
}

/**
 * Queries every authoritative server of the zone, at each of its addresses, for this TXT value; and once all that answered
 * have it, resolvers. A server that does not answer is evidence, not an error.
 *
 * @throws the reason of `signal` once it is aborted
 */
export async function observeTxt(settings: DnsSettings, { value, ...asked }: TxtObservation): Promise<DnsEvidence> {
  const { agreed: _agreed, ...evidence } = await observeTxtServers(settings, asked, (servers) =>
    searchFor(value, servers),
  );
  return evidence;
}

/** They agree when at least one server answered, and every one that did has the value. */
export function searchFor(value: string, servers: readonly ServerObservation[]): Comparison<ServerVerdict> {
  const verdicts = new Set(servers.map(({ reading }) => verdictOn(reading, value).verdict));
  return {
    agreed: verdicts.has('has-value') && !verdicts.has('lacks-value'),
    judge: (reading) => verdictOn(reading, value),
  };
}

/** What counts as agreement of the servers, and what each answer then means. */
export interface Comparison<Verdict extends string> {
  agreed: boolean;
  judge: (reading: TxtReading) => TxtVerdict<Verdict>;
}

export interface TxtServers<Verdict extends string> {
  /** ISO 8601. */
  observedAt: string;
  agreed: boolean;
  servers: (Omit<ServerEvidence, 'verdict'> & { verdict: Verdict })[];
  /** Empty until the servers agree, and while there are no values. */
  resolvers: (Omit<ResolverEvidence, 'verdict'> & { verdict: Exclude<Verdict, 'lame'> | 'unreachable' })[];
  findings: string[];
}

/**
 * Reads the TXT values of a name from every authoritative server, and once those agree from resolvers too: queried earlier,
 * resolvers would cache the old answer.
 *
 * @throws the reason of `signal` once it is aborted
 */
export async function observeTxtServers<Verdict extends string>(
  settings: DnsSettings,
  asked: TxtQuestion,
  compare: (servers: readonly ServerObservation[]) => Comparison<Verdict>,
): Promise<TxtServers<Verdict>> {
  const { zone, name, signal } = asked;
  const { timeoutMilliseconds } = settings;
  const servers = await observeServers(settings, asked);
  const { agreed, judge } = compare(servers);
  // A resolver would cache that there are no values, and hide the first one; so would the machine's own.
  const hasValues = servers.some(({ reading }) => reading.kind === 'values' && reading.records.length > 0);
  const mayQueryResolvers = agreed && hasValues;
  const [resolvers, splits] = await Promise.all([
    mayQueryResolvers ? settings.resolvers.viewTxt(name, signal) : [],
    mayQueryResolvers ? findSplitHorizon(zone, { timeoutMilliseconds, signal }) : [],
  ]);
  const bogus = resolvers.flatMap(({ address, isBogus }) => (isBogus ? [address] : []));
  return {
    observedAt: new Date().toISOString(),
    agreed,
    servers: servers.map(({ name: host, address, reading, milliseconds, serial }) => ({
      name: host,
      address,
      ...judge(reading),
      milliseconds,
      serial,
    })),
    resolvers: resolvers.map(({ address, reading }) => ({ address, ...verdictAtResolver(judge(reading)) })),
    findings: [...findServerFaults(zone.apex, servers), ...describeBogus(zone.apex, bogus), ...splits],
  };
}

function describeBogus(apex: string, resolvers: readonly string[]): string[] {
  if (resolvers.length === 0) return [];
  const who =
    resolvers.length === 1 ? `the resolver ${resolvers[0]} answers` : `the resolvers ${resolvers.join(', ')} answer`;
  return [
    `${who} SERVFAIL, except with DNSSEC validation turned off. DNSSEC validation of ${apex} fails, so Cloudflare's ` +
      'resolver will not see the value either; correct the signatures or the DS record',
  ];
}
