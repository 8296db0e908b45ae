import { findPublishingZone } from './zone/publishing-zone.ts';
import type { ZoneRequest } from './zone/publishing-zone.ts';
import type { DnsSettings } from './resolve/settings.ts';
import type { NameServerOverrides } from './resolve/name-server-overrides.ts';
import { observeDomain } from './evidence/observe-domain.ts';
import { observeTxt } from './evidence/observe-txt.ts';
import type { TxtObservation } from './evidence/observe-txt.ts';
import { createResolvers, listSystemResolvers, publicResolvers } from './resolve/resolvers.ts';
import type { SocketAddress } from './wire/socket-address.ts';

export type Dns = ReturnType<typeof createDns>;

interface TimeLimit {
  /** For the whole operation: servers that do not answer by then are reported as silent. Left out: no limit. */
  withinMilliseconds?: number;
}

export interface DnsOptions {
  nameServers: NameServerOverrides;
  /** `default`: the public ones, and the machine's own where those cannot be reached. */
  resolvers: SocketAddress[] | 'default';
  /** Where discovered authoritative servers listen. */
  authoritativePort?: number;
  /** For each query to one server, its retransmissions included. */
  timeoutMilliseconds?: number;
}

/** How many queries of one operation may time out one after the other: resolvers, their fallback, servers, and all again. */
const queriesInARow = 6;
/** A report is two operations. */
const queriesInAReport = 2 * queriesInARow;

/** What an onboarding needs to know from DNS, and a report of all of it for people. */
export function createDns({ nameServers, resolvers, authoritativePort = 53, timeoutMilliseconds = 3000 }: DnsOptions) {
  /** For operations that have to end within this time. */
  function settingsWithin(milliseconds = Infinity, queries = queriesInARow): DnsSettings {
    const forOneQuery = Math.ceil(Math.min(timeoutMilliseconds, milliseconds / queries));
    return {
      nameServers,
      authoritativePort,
      timeoutMilliseconds: forOneQuery,
      resolvers: createResolvers({
        preferred: resolvers === 'default' ? publicResolvers : resolvers,
        fallback: resolvers === 'default' ? listSystemResolvers : () => [],
        timeoutMilliseconds: forOneQuery,
      }),
    };
  }
  return {
    settingsWithin,
    /** See `zone/publishing-zone.ts`. */
    findPublishingZone: async (request: ZoneRequest & TimeLimit) =>
      await findPublishingZone(settingsWithin(request.withinMilliseconds), request),
    /** See `evidence/observe-txt.ts`. */
    observeTxt: async (observation: TxtObservation & TimeLimit) =>
      await observeTxt(settingsWithin(observation.withinMilliseconds), observation),
    /** See `evidence/observe-domain.ts`. */
    observeDomain: async (request: ZoneRequest & { value: string | null } & TimeLimit) =>
      await observeDomain(settingsWithin(request.withinMilliseconds, queriesInAReport), request),
  };
}
