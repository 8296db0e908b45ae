import type { DnsEvidence, PublishingZone, ServerEvidence, ServerVerdict } from '../contract.ts';
import { locateHost } from './authoritative-servers.ts';
import type { AuthoritativeServer } from './authoritative-servers.ts';
import { DnsError } from './dns-error.ts';
import type { DnsSettings } from './dns-settings.ts';
import { findOverride } from './name-server-overrides.ts';
import { formatSocketAddress } from './socket-address.ts';
import { judgeTxtAnswer } from './txt-answer.ts';
import { askServer } from './wire-client.ts';

export interface TxtObservation {
  zone: PublishingZone;
  /** The e-mail domain in normal form: the name that has the value, and whose override counts. */
  name: string;
  value: string;
  signal: AbortSignal;
}

type Judgement = Pick<ServerEvidence, 'verdict' | 'detail'>;

/**
 * Asks every authoritative server of the zone, at each of its addresses, whether the name has this TXT value; and once
 * all that answered have it, what resolvers show. A server that does not answer is evidence and not an error.
 *
 * @throws the reason of `signal` once it is aborted
 */
export async function observeTxt(settings: DnsSettings, observation: TxtObservation): Promise<DnsEvidence> {
  const { name, value, signal } = observation;
  const servers = await observeServers(settings, observation);
  const resolvers = agree(servers) ? await settings.resolvers.viewTxt(name, value, signal) : [];
  return { observedAt: new Date().toISOString(), servers, resolvers };
}

/** At least one server answered, and every one that did has the value. */
function agree(servers: readonly ServerEvidence[]): boolean {
  const has = (wanted: ServerVerdict): boolean => servers.some(({ verdict }) => verdict === wanted);
  return has('has-value') && !has('lacks-value');
}

async function observeServers(settings: DnsSettings, observation: TxtObservation): Promise<ServerEvidence[]> {
  const addresses = findOverride(settings.nameServers, observation.name);
  const evidence =
    addresses === null
      ? observation.zone.nameServers.map(async (host) => await observeHost(settings, observation, host))
      : addresses.map(async (address) => {
          const server = { name: formatSocketAddress(address), address };
          return [await observeServer(settings, observation, server)];
        });
  return (await Promise.all(evidence)).flat();
}

async function observeHost(
  settings: DnsSettings,
  observation: TxtObservation,
  host: string,
): Promise<ServerEvidence[]> {
  const { resolvers, authoritativePort: port } = settings;
  const { name: emailDomain, signal } = observation;
  const located = await locateHost({ host, port, emailDomain, resolvers, signal });
  if (!located.ok) return [{ name: host, address: '', verdict: 'unreachable', detail: located.detail }];
  return await Promise.all(located.servers.map(async (server) => await observeServer(settings, observation, server)));
}

async function observeServer(
  settings: DnsSettings,
  observation: TxtObservation,
  server: AuthoritativeServer,
): Promise<ServerEvidence> {
  const address = formatSocketAddress(server.address);
  return { name: server.name, address, ...(await judgeServer(settings, observation, server)) };
}

async function judgeServer(
  { timeoutMilliseconds }: DnsSettings,
  { zone, name, value, signal }: TxtObservation,
  { address }: AuthoritativeServer,
): Promise<Judgement> {
  try {
    const answer = await askServer({ server: address, name, type: 'TXT', timeoutMilliseconds, signal });
    return judgeTxtAnswer(answer, { name, value, apex: zone.apex });
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    // It answered something, so it can be reached; but not as a server of the zone would.
    return { verdict: error.kind === 'malformed' ? 'lame' : 'unreachable', detail: error.detail };
  }
}
