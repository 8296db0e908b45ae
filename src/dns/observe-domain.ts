import type { CacheOutlook, Problem, PublishingZone, ResolverEvidence, ServerEvidence } from '../contract.ts';
import { findPublishingZone } from './authority.ts';
import type { ZoneRequest } from './authority.ts';
import type { DnsSettings } from './dns-settings.ts';
import { lookAtTxt } from './look-at-txt.ts';
import type { ServerObservation } from './observe-servers.ts';
import { allHaveValue } from './observe-txt.ts';
import type { TxtReading } from './txt-answer.ts';
import { describeTxt, identifyValues, judgeAtResolver, judgeTxt } from './txt-verdict.ts';
import type { TxtVerdict } from './txt-verdict.ts';

/** Without a value to look for, servers are compared with each other. */
type Comparison = 'same-values' | 'other-values';

export type DomainServer = Omit<ServerEvidence, 'verdict'> & { verdict: ServerEvidence['verdict'] | Comparison };
export type DomainResolver = Omit<ResolverEvidence, 'verdict'> & { verdict: ResolverEvidence['verdict'] | Comparison };

/** All that DNS shows of an e-mail domain. */
export interface DomainReport {
  emailDomain: string;
  /** The value that was looked for; `null`: none. */
  value: string | null;
  /** Whether nothing is wrong: delegated, the servers agree, and neither findings nor problems. */
  sound: boolean;
  /** `null`: it is not delegated. */
  zone: PublishingZone | null;
  /** Why not, in a sentence; `null`: it is delegated. */
  notDelegated: string | null;
  /** How long caches can hide a value that is published now; `null`: no server said. */
  caches: CacheOutlook | null;
  /** At least one server answered, and all that did have the value; without one, the same values. */
  agreed: boolean;
  servers: DomainServer[];
  /** Empty until the servers agree, and while there are no values: asking earlier would poison caches. */
  resolvers: DomainResolver[];
  findings: string[];
  problems: Problem[];
}

/**
 * Finds the domain's zone, and looks at the TXT values of its name everywhere that an onboarding looks.
 *
 * @throws {DnsError} when servers that had to answer for the zone did not
 * @throws the reason of `signal` once it is aborted
 */
export async function observeDomain(
  settings: DnsSettings,
  { value, ...request }: ZoneRequest & { value: string | null },
): Promise<DomainReport> {
  const { emailDomain, signal } = request;
  const search = await findPublishingZone(settings, request);
  if (search.kind === 'not-delegated') {
    const nothing = { caches: null, agreed: false, servers: [], resolvers: [], findings: [], problems: [] };
    return { emailDomain, value, sound: false, zone: null, notDelegated: search.reason, ...nothing };
  }

  const { zone, caches, problems } = search;
  const agree = (servers: readonly ServerObservation[]): boolean =>
    value === null ? allHaveTheSame(servers) : allHaveValue(servers, value);
  const sight = await lookAtTxt(settings, { zone, name: emailDomain, signal, agree });
  const agreed = agree(sight.servers);
  const reference = findReference(sight.servers);
  const judge = (reading: TxtReading): TxtVerdict<DomainServer['verdict']> =>
    value === null ? compareTxt(reading, reference) : judgeTxt(reading, value);
  return {
    emailDomain,
    value,
    sound: agreed && sight.findings.length === 0 && problems.length === 0,
    zone,
    notDelegated: null,
    caches,
    agreed,
    servers: sight.servers.map(({ name, address, reading, milliseconds, serial }) => ({
      name,
      address,
      ...judge(reading),
      milliseconds,
      serial,
    })),
    resolvers: sight.resolvers.map(({ address, reading }) => ({
      address,
      ...judgeAtResolver(judge(reading)),
    })),
    findings: sight.findings,
    problems,
  };
}

function allHaveTheSame(servers: readonly ServerObservation[]): boolean {
  return new Set(servers.flatMap(({ reading }) => identifyValues(reading) ?? [])).size === 1;
}

/** The values that most servers have; of as many, those that come first. */
function findReference(servers: readonly ServerObservation[]): string | null {
  const sets = servers.flatMap(({ reading }) => identifyValues(reading) ?? []);
  const count = (set: string): number => sets.filter((other) => other === set).length;
  return sets.toSorted((one, other) => count(other) - count(one))[0] ?? null;
}

function compareTxt(reading: TxtReading, reference: string | null): TxtVerdict<Comparison | 'lame' | 'unreachable'> {
  const detail = describeTxt(reading);
  if (reading.kind === 'lame') return { verdict: 'lame', detail };
  if (reading.kind === 'silent') return { verdict: 'unreachable', detail };
  return identifyValues(reading) === reference
    ? { verdict: 'same-values', detail }
    : { verdict: 'other-values', detail: `${detail}, not what the others have` };
}
