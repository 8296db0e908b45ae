/** Looks at who would publish the TXT value, and at whether they can. Changes nothing. */
import { isRefusal } from '../cloudflare/error-class.ts';
import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import type { DnsProviderChoice, DnsProviderName } from '../contract/names/vocabulary.ts';
import type { ChosenProvider, PublishingZone } from '../contract/schemas/dns.ts';
import { checkNsupdate } from '../dns/providers/rfc2136/nsupdate.ts';
import { claimZone } from '../dns/publishing/claim-zone.ts';
import { isProviderRefusal, ProviderError } from '../dns/publishing/provider-error.ts';
import type { TxtRecordProvider, VisibleZone } from '../dns/publishing/provider.ts';
import { look, notOk, ok, skipped, wordsOf } from './check.ts';
import type { Check, Limits, LookOptions } from './check.ts';
import { remedyOf } from './judge-account.ts';

const providerCheck = 'DNS provider';
const recordsCheck = 'TXT records at cloudflare';

export interface ProviderQuestion {
  providers: ReadonlyMap<DnsProviderName, TxtRecordProvider>;
  cloudflare: Cloudflare | null;
  /** `null`: its variables cannot be used. */
  choice: DnsProviderChoice | null;
  accountId: string | null;
  emailDomain: string;
  /** The zone that DNS shows; `null`: none was found. */
  zone: PublishingZone | null;
  /** Why Cloudflare cannot be asked; `null`: it can. */
  accountUnusable: string | null;
}

export async function examineProvider(question: ProviderQuestion, limits: Limits): Promise<Check[]> {
  const { choice, zone, emailDomain, accountUnusable } = question;
  if (choice === null) return [skipped(providerCheck, 'DNS_PROVIDER or RFC2136_* cannot be used')];
  if (zone === null) return [skipped(providerCheck, `${choice}; whether its zone fits depends on the zone in DNS`)];
  if (accountUnusable !== null && (choice === 'cloudflare' || choice === 'auto')) {
    return [skipped(providerCheck, `${choice}, and ${accountUnusable}`)];
  }
  const wanted = { accountId: question.accountId ?? '', emailDomain, shown: zone };
  const chosen = await look(limits, async (options) => await choose(question.providers, choice, wanted, options));
  if (!chosen.ok) return [notOk(providerCheck, `auto cannot tell: ${wordsOf(chosen.error)}`, remedyFor(chosen.error))];

  const { name, why } = chosen.value;
  const check = ok(providerCheck, choice === 'auto' ? `auto chooses ${name}, because ${why}` : `${name} (${why})`);
  if (name === 'manual') {
    const next = `a person adds the value while a run waits: "status ${emailDomain}" says which, and where`;
    return [{ ...check, next }];
  }
  return [check, ...(await examineProviderZone(question, name, wanted, limits))];
}

async function examineProviderZone(
  { providers, cloudflare }: ProviderQuestion,
  name: DnsProviderName,
  wanted: VisibleZone,
  limits: Limits,
): Promise<Check[]> {
  const zoneName = `zone at ${name}`;
  const finding = await look(limits, async (options) => await providers.get(name)?.findZone(wanted, options));
  if (!finding.ok) return [notOk(zoneName, wordsOf(finding.error), remedyFor(finding.error))];
  if (finding.value === undefined) return [];
  if (!finding.value.fit) return finding.value.problems.map(({ problem, remedy }) => notOk(zoneName, problem, remedy));

  const { apex, zoneId } = finding.value.zone;
  const check = ok(
    zoneName,
    `${apex}${zoneId === null ? '' : ` (${zoneId})`} fits, and the worker's credentials are accepted`,
  );
  if (name !== 'cloudflare' || cloudflare === null || zoneId === null) return [check];

  const { txtRecords } = cloudflare;
  const records = await look(limits, async (options) => await txtRecords.list(zoneId, wanted.emailDomain, options));
  if (!records.ok) return [check, notOk(recordsCheck, wordsOf(records.error), remedyFor(records.error))];
  const there = `${records.value.length} at ${wanted.emailDomain}`;
  return [check, ok(recordsCheck, `${there}; whether the token may add one, only a run shows`)];
}

/** As a run chooses. */
async function choose(
  providers: ReadonlyMap<DnsProviderName, TxtRecordProvider>,
  choice: DnsProviderChoice,
  wanted: VisibleZone,
  options: LookOptions,
): Promise<ChosenProvider> {
  if (choice !== 'auto') return { name: choice, why: 'DNS_PROVIDER, unless the input of a run says otherwise' };
  return await claimZone(providers, wanted, options, isNo);
}

function isNo(error: unknown): boolean {
  return isRefusal(error) || isProviderRefusal(error);
}

/** `null`: no dynamic updates are wanted. */
export async function examineNsupdate(wantsUpdates: boolean, limits: Limits): Promise<Check | null> {
  if (!wantsUpdates) return null;
  const missing = await look(limits, async () => await checkNsupdate());
  if (missing.ok && missing.value === null) return ok('nsupdate', 'it can be run');
  const reason = missing.ok ? missing.value : wordsOf(missing.error);
  return notOk('nsupdate', 'it cannot be run', reason ?? 'install it');
}

function remedyFor(error: unknown): string {
  if (error instanceof ProviderError) return error.remedy;
  if (isRefusal(error)) return 'give the API token the permissions "Zone: Read" and "DNS: Edit" on this zone';
  if (error instanceof CloudflareError) return remedyOf(error);
  return 'find out why it does not answer';
}
