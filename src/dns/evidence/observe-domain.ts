import type { ServerVerdict } from '../../contract/names/vocabulary.ts';
import type { CacheEstimate, PublishingZone } from '../../contract/schemas/dns.ts';
import type { Problem } from '../../contract/schemas/parse.ts';
import { findPublishingZone, remedyForMissingZone } from '../zone/publishing-zone.ts';
import type { ZoneRequest } from '../zone/publishing-zone.ts';
import type { DnsSettings } from '../resolve/settings.ts';
import type { ServerObservation } from './observe-servers.ts';
import { searchFor, observeTxtServers } from './observe-txt.ts';
import type { Comparison, TxtServers } from './observe-txt.ts';
import { isNewerSerial } from './server-findings.ts';
import type { TxtReading } from '../wire/txt-answer.ts';
import { describeTxt, identifyValues } from './txt-verdict.ts';
import type { TxtVerdict } from './txt-verdict.ts';

/** Without a value to search for, servers are compared with each other. */
type SameValues = 'same-values' | 'other-values';

type Survey = TxtServers<ServerVerdict | SameValues>;
export type DomainServer = Survey['servers'][number];
export type DomainResolver = Survey['resolvers'][number];

/** Everything that DNS answers about an e-mail domain. */
export interface DomainReport {
  emailDomain: string;
  /** The value that was searched for; `null`: none. */
  value: string | null;
  /** It is delegated, its servers agree, and there are neither findings nor problems. */
  sound: boolean;
  /** `null`: it was not found, and `problems` says why. */
  zone: PublishingZone | null;
  /** How long caches can hide a value that is published now; `null`: unknown. */
  caches: CacheEstimate | null;
  /** At least one server answered, and all that did have the value; without one, the same values. */
  agreed: boolean;
  servers: DomainServer[];
  /** Empty until the servers agree, and while there are no values: earlier queries would fill caches with the old answer. */
  resolvers: DomainResolver[];
  findings: string[];
  problems: Problem[];
}

/**
 * Finds the domain's zone, and reads the TXT values of its name from every server that an onboarding queries.
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
  if (search.kind === 'not-delegated') return reportMissingZone({ emailDomain, value }, search.reason);

  const { zone, caches, problems } = search;
  const { agreed, servers, resolvers, findings } = await observeTxtServers<ServerVerdict | SameValues>(
    settings,
    { zone, name: emailDomain, signal },
    (observed) => (value === null ? compareAll(observed) : searchFor(value, observed)),
  );
  const sound = agreed && findings.length === 0 && problems.length === 0;
  return { emailDomain, value, sound, zone, caches, agreed, servers, resolvers, findings, problems };
}

/** The report where the domain's zone was not found. */
export function reportMissingZone(
  { emailDomain, value }: Pick<DomainReport, 'emailDomain' | 'value'>,
  reason: string,
): DomainReport {
  const problems = [{ subject: 'DNS', problem: reason, remedy: remedyForMissingZone(emailDomain) }];
  const nothing = { caches: null, agreed: false, servers: [], resolvers: [], findings: [] };
  return { emailDomain, value, sound: false, zone: null, ...nothing, problems };
}

function compareAll(servers: readonly ServerObservation[]): Comparison<SameValues | 'lame' | 'unreachable'> {
  const reference = findReference(servers);
  return {
    agreed: new Set(servers.flatMap(({ reading }) => identifyValues(reading) ?? [])).size === 1,
    judge: (reading) => compareTxt(reading, reference),
  };
}

interface HeldSet {
  set: string;
  serial: number | null;
}

/** The values that most servers have; in a tie, those with the newest serial, because a stale server has an older one. */
function findReference(servers: readonly ServerObservation[]): string | null {
  const held = servers.flatMap(({ reading, serial }): HeldSet[] => {
    const set = identifyValues(reading);
    return set === null ? [] : [{ set, serial }];
  });
  const count = ({ set }: HeldSet): number => held.filter((other) => other.set === set).length;
  const most = Math.max(...held.map(count));
  const commonest = held.filter((one) => count(one) === most);
  return commonest.length === 0 ? null : commonest.reduce((one, other) => (isNewer(other, one) ? other : one)).set;
}

function isNewer({ serial }: HeldSet, { serial: other }: HeldSet): boolean {
  return serial !== null && (other === null || isNewerSerial(serial, other));
}

function compareTxt(reading: TxtReading, reference: string | null): TxtVerdict<SameValues | 'lame' | 'unreachable'> {
  const detail = describeTxt(reading);
  if (reading.kind === 'lame') return { verdict: 'lame', detail };
  if (reading.kind === 'silent') return { verdict: 'unreachable', detail };
  return identifyValues(reading) === reference
    ? { verdict: 'same-values', detail }
    : { verdict: 'other-values', detail: `${detail}, not the values of the others` };
}
