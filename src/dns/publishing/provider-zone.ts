/** What all providers share: wording about zones, the mark of a run. */
import { toCanonicalName } from '../../domains/dns-name.ts';
import { isProviderRefusal } from './provider-error.ts';
import type { WantedZone, ZoneFinding } from './provider.ts';

/** The subject of a problem with the zone. */
function zoneSubject({ emailDomain, shown }: WantedZone): string {
  return `zone ${shown?.apex ?? `of ${emailDomain}`}`;
}

/** What to do when the value does not belong in the provider's zone. */
function publishElsewhere({ shown }: WantedZone): string {
  const servers = shown === null ? '' : ` (${shown.nameServers.join(', ')})`;
  return `publish where DNS is served${servers}, for instance with the provider "manual"`;
}

/** Why nothing can be published in the provider's zone. */
export function unfit(wanted: WantedZone, problem: string, remedy = publishElsewhere(wanted)): ZoneFinding {
  return { fit: false, problems: [{ subject: zoneSubject(wanted), problem, remedy }] };
}

/** A provider's refusal of the wanted zone, as a finding; any other error is thrown, to be retried. */
export function refusalAsFinding(wanted: WantedZone, error: unknown): ZoneFinding {
  if (!isProviderRefusal(error)) throw error;
  return unfit(wanted, error.message, error.remedy);
}

/** Whether the two lists of name servers have one in common. */
export function shareServers(one: readonly string[], other: readonly string[]): boolean {
  const names = new Set(one.map((name) => toCanonicalName(name)));
  return other.some((name) => names.has(toCanonicalName(name)));
}

/** The comment of a change or record, where the provider stores one: 66 characters. */
export function markOfRun(runId: string): string {
  return `cloudflare-sso-onboarding run ${runId}`;
}

/** For providers whose zones have ids. */
export function requireZoneId(zoneId: string | null): string {
  if (zoneId === null) throw new TypeError('A zone of this provider always has an id');
  return zoneId;
}
