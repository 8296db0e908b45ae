import type { DnsEvidence } from '../contract.ts';
import { findPublishingZone } from './authority.ts';
import type { ZoneRequest, ZoneSearch } from './authority.ts';
import type { DnsSettings } from './dns-settings.ts';
import type { NameServerOverrides } from './name-server-overrides.ts';
import { observeTxt } from './observe-txt.ts';
import type { TxtObservation } from './observe-txt.ts';
import { createResolvers, listSystemResolvers, PUBLIC_RESOLVERS } from './resolvers.ts';
import type { SocketAddress } from './socket-address.ts';

/** The two looks at DNS that an onboarding takes. */
export interface Dns {
  /** See `authority.ts`. */
  findPublishingZone: (request: ZoneRequest & Hurry) => Promise<ZoneSearch>;
  /** See `observe-txt.ts`. */
  observeTxt: (observation: TxtObservation & Hurry) => Promise<DnsEvidence>;
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

/** How many silences a look may have to sit out one after the other: resolvers, their fallback, servers, and both again. */
const questionsInARow = 5;

export function createDns({
  nameServers,
  resolvers,
  authoritativePort = 53,
  timeoutMilliseconds = 3000,
}: DnsOptions): Dns {
  function settingsFor({ withinMilliseconds = Infinity }: Hurry): DnsSettings {
    const forOneQuestion = Math.ceil(Math.min(timeoutMilliseconds, withinMilliseconds / questionsInARow));
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
  };
}
