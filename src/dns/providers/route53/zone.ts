import { toCanonicalName, listPossibleApexes } from '../../../domains/dns-name.ts';
import { shareServers, unfit } from '../../publishing/provider-zone.ts';
import type { HostedZone, Route53 } from './client.ts';
import type { WantedZone, ZoneFinding } from '../../publishing/provider.ts';

/** The names of Route 53's servers, such as `ns-2048.awsdns-64.com`. */
const route53Server = /\.awsdns-\d+\.(?:com|net|org|co\.uk)$/u;

/** Whether these are the names of Route 53's servers. */
export function areRoute53Servers(nameServers: readonly string[]): boolean {
  return nameServers.some((name) => route53Server.test(toCanonicalName(name)));
}

/** The hosted zone whose records the world sees, or what prevents publishing in those that there are. */
export async function findHostedZone(route53: Route53, wanted: WantedZone, signal: AbortSignal): Promise<ZoneFinding> {
  const { emailDomain, shown } = wanted;
  const names = shown === null ? listPossibleApexes(emailDomain) : [shown.apex];
  const privateIds: string[] = [];
  for (const apex of names) {
    const zones = await route53.listZonesNamed(apex, signal);
    const visible = zones.filter(({ isPrivate }) => !isPrivate);
    if (visible.length > 0) return await chooseZone(route53, { ...wanted, apex }, visible, signal);
    privateIds.push(...zones.map(({ id }) => id));
  }
  const hidden =
    privateIds.length === 0 ? '' : `, only private ones that the world does not see (${privateIds.join(', ')})`;
  return unfit(wanted, `the AWS account of the worker's credentials has no public hosted zone for it${hidden}`);
}

async function chooseZone(
  route53: Route53,
  wanted: WantedZone & { apex: string },
  zones: readonly HostedZone[],
  signal: AbortSignal,
): Promise<ZoneFinding> {
  const { apex, shown } = wanted;
  const [first, ...others] = zones;
  const fit = ({ id }: HostedZone): ZoneFinding => ({ fit: true, zone: { apex, zoneId: id } });
  // Without the delegation there is nothing to compare the only zone with.
  if (first !== undefined && others.length === 0 && shown?.source !== 'discovered') return fit(first);

  const serving = (shown?.nameServers ?? []).map(toCanonicalName);
  const matches: HostedZone[] = [];
  const described: string[] = [];
  for (const zone of zones) {
    const nameServers = await findServerNames(route53, { zoneId: zone.id, apex }, signal);
    if (shareServers(nameServers, serving)) matches.push(zone);
    described.push(`${zone.id} (on ${nameServers.join(', ')})`);
  }
  const [match, ...more] = matches;
  if (match !== undefined && more.length === 0) return fit(match);

  const list = described.join(' and ');
  if (shown === null) return unfit(wanted, `Route 53 has ${list}, and which of them the world sees is not known`);
  const inUse = `the domain is delegated to ${serving.join(', ')}`;
  if (match === undefined) return unfit(wanted, `Route 53 has ${list}, but ${inUse}`);
  return unfit(wanted, `Route 53 has ${list}, and more than one matches: ${inUse}`, 'remove all but the one in use');
}

/** Those that Route 53 assigned, and those in its own NS records (white-label name servers). */
async function findServerNames(
  route53: Route53,
  { zoneId, apex }: { zoneId: string; apex: string },
  signal: AbortSignal,
): Promise<string[]> {
  const given = await route53.getNameServers(zoneId, signal);
  const sets = await route53.listSetsAt(zoneId, apex, signal);
  const own = sets.filter(({ Type: type }) => type === 'NS').flatMap(({ ResourceRecords: records = [] }) => records);
  return [...new Set([...given, ...own.map(({ Value: value }) => toCanonicalName(value ?? ''))])];
}
