import type { DnsEvidence } from '../contract/schemas/dns.ts';
import { findPublishingZone } from './zone/publishing-zone.ts';
import type { ZoneRequest, ZoneSearch } from './zone/publishing-zone.ts';
import type { DnsSettings } from './resolve/settings.ts';
import type { NameServerOverrides } from './resolve/name-server-overrides.ts';
import { observeDomain } from './evidence/observe-domain.ts';
import type { DomainReport } from './evidence/observe-domain.ts';
import { observeTxt } from './evidence/observe-txt.ts';
import type { TxtObservation } from './evidence/observe-txt.ts';
import { findPrimary } from './providers/rfc2136/primary.ts';
import type { PrimaryRequest } from './providers/rfc2136/primary.ts';
import { createResolvers, listSystemResolvers, PUBLIC_RESOLVERS } from './resolve/resolvers.ts';
import type { SocketAddress } from './wire/socket-address.ts';

/** The looks at DNS that an onboarding takes, and a report for who wants to see for themselves. */
export interface Dns {
  /** See `authority.ts`. */
  findPublishingZone: (request: ZoneRequest & Hurry) => Promise<ZoneSearch>;
  /** See `observe-txt.ts`. */
  observeTxt: (observation: TxtObservation & Hurry) => Promise<DnsEvidence>;
  /** See `primary.ts`. */
  findPrimary: (request: PrimaryRequest & Hurry) => Promise<SocketAddress>;
  /** See `observe-domain.ts`. */
  observeDomain: (request: ZoneRequest & { value: string | null } & Hurry) => Promise<DomainReport>;
}

interface Hurry {
  /** Time for the whole look, so that silent servers are reported rather than waited for; left out: as long as it takes. */
  withinMilliseconds?: number;
}

export interface DnsOptions {
  nameServers: NameServerOverrides;
  /** `default`: the public ones, and the machine's own where those cannot be reached. */
  resolvers: SocketAddress[] | 'default';
  /** Where discovered authoritative servers listen. */
  authoritativePort?: number;
  /** For each question to one server, its re-sends included. */
  timeoutMilliseconds?: number;
}

/** How many silences one look may have to sit out one after the other: resolvers, their fallback, servers, and all again. */
const questionsInARow = 6;
/** Two looks. */
const questionsInAReport = 2 * questionsInARow;

export function createDns({
  nameServers,
  resolvers,
  authoritativePort = 53,
  timeoutMilliseconds = 3000,
}: DnsOptions): Dns {
  function settingsFor({ withinMilliseconds = Infinity }: Hurry, questions = questionsInARow): DnsSettings {
    const forOneQuestion = Math.ceil(Math.min(timeoutMilliseconds, withinMilliseconds / questions));
    return {
      nameServers,
      authoritativePort,
      timeoutMilliseconds: forOneQuestion,
      resolvers: createResolvers({
        preferred: resolvers === 'default' ? PUBLIC_RESOLVERS : resolvers,
        fallback: resolvers === 'default' ? listSystemResolvers : () => [],
        timeoutMilliseconds: forOneQuestion,
      }),
    };
  }
  return {
    findPublishingZone: async (request) => await findPublishingZone(settingsFor(request), request),
    observeTxt: async (observation) => await observeTxt(settingsFor(observation), observation),
    findPrimary: async (request) => await findPrimary(settingsFor(request), request),
    observeDomain: async (request) => await observeDomain(settingsFor(request, questionsInAReport), request),
  };
}
