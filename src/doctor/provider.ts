/** Who would publish the TXT value, and whether they can. Changes nothing. */
import { isRefusal } from '../cloudflare/error-class.ts';
import { CloudflareError } from '../cloudflare/cloudflare-error.ts';
import type { DnsProviderChoice, DnsProviderName } from '../contract/names/vocabulary.ts';
import type { ChosenProvider, PublishingZone } from '../contract/schemas/dns.ts';
import { zoneTokenRemedy } from '../decisions/prerequisites.ts';
import { checkMachine } from '../dns/providers/registry.ts';
import { claimZone } from '../dns/publishing/claim-zone.ts';
import { isProviderRefusal, ProviderError } from '../dns/publishing/provider-error.ts';
import type { ProviderCallOptions, TxtRecordProvider, VisibleZone } from '../dns/publishing/provider.ts';
import { fromFinding, messageOf, notOk, ok, settle, skipped } from './check.ts';
import type { Check, Limits } from './check.ts';
import { remedyOf } from './judge-account.ts';

const providerCheck = 'DNS provider';

interface ProviderQuestion {
  providers: ReadonlyMap<DnsProviderName, TxtRecordProvider>;
  /** `null`: its variables cannot be used. */
  choice: DnsProviderChoice | null;
  accountId: string | null;
  emailDomain: string;
  /** The zone found in DNS; `null`: none. */
  zone: PublishingZone | null;
  /** Why Cloudflare cannot be queried; `null`: it can. */
  accountUnusable: string | null;
}

export async function examineProvider(question: ProviderQuestion, limits: Limits): Promise<Check[]> {
  const { choice, zone, emailDomain, accountUnusable } = question;
  if (choice === null) return [skipped(providerCheck, 'the variables of DNS providers cannot be used')];
  if (zone === null)
    return [skipped(providerCheck, `${choice}; its zone was not checked, because no zone was found in DNS`)];
  if (accountUnusable !== null && (choice === 'cloudflare' || choice === 'auto')) {
    return [skipped(providerCheck, `${choice}; not checked: ${accountUnusable}`)];
  }
  const wanted = { accountId: question.accountId ?? '', emailDomain, shown: zone };
  const chosen = await settle(limits, async (options) => await choose(question.providers, choice, wanted, options));
  if (!chosen.ok)
    return [notOk(providerCheck, `auto cannot choose: ${messageOf(chosen.error)}`, remedyFor(chosen.error))];

  const { name, why } = chosen.value;
  const check = ok(providerCheck, choice === 'auto' ? `auto chooses ${name}, because ${why}` : `${name} (${why})`);
  if (name === 'manual') {
    const next = `a person adds the value while a run waits: "status ${emailDomain}" says which, and where`;
    return [{ ...check, next }];
  }
  const provider = question.providers.get(name);
  return provider === undefined ? [check] : [check, ...(await examineProviderZone(provider, wanted, limits))];
}

async function examineProviderZone(provider: TxtRecordProvider, wanted: VisibleZone, limits: Limits): Promise<Check[]> {
  const zoneName = `zone at ${provider.name}`;
  const finding = await settle(limits, async (options) => await provider.findZone(wanted, options));
  if (!finding.ok) return [notOk(zoneName, messageOf(finding.error), remedyFor(finding.error))];
  if (!finding.value.fit) return finding.value.problems.map(({ problem, remedy }) => notOk(zoneName, problem, remedy));

  const { zone } = finding.value;
  const id = zone.zoneId === null ? '' : ` (${zone.zoneId})`;
  const check = ok(zoneName, `${zone.apex}${id} fits, and the worker's credentials are accepted`);
  const more = await settle(
    limits,
    async (options) => (await provider.examineZone?.(zone, wanted.emailDomain, options)) ?? [],
  );
  if (more.ok) return [check, ...more.value.map(fromFinding)];
  return [check, notOk(`TXT records at ${provider.name}`, messageOf(more.error), remedyFor(more.error))];
}

/** Chooses as a run does. */
async function choose(
  providers: ReadonlyMap<DnsProviderName, TxtRecordProvider>,
  choice: DnsProviderChoice,
  wanted: VisibleZone,
  options: ProviderCallOptions,
): Promise<ChosenProvider> {
  if (choice !== 'auto') return { name: choice, why: 'DNS_PROVIDER, unless the input of a run says otherwise' };
  return await claimZone(providers, wanted, options, isRefused);
}

function isRefused(error: unknown): boolean {
  return isRefusal(error) || isProviderRefusal(error);
}

/** What the providers that the environment asks for need on this machine. */
export async function examineMachine(wanted: readonly DnsProviderName[], limits: Limits): Promise<Check[]> {
  const findings = await settle(limits, async (options) => await checkMachine(wanted, options));
  if (findings.ok) return findings.value.map(fromFinding);
  const name = `DNS provider ${wanted.join(', ')}`;
  return [
    notOk(name, messageOf(findings.error), 'find out why the program that it needs cannot be run on this machine'),
  ];
}

function remedyFor(error: unknown): string {
  if (error instanceof ProviderError) return error.remedy;
  if (isRefusal(error)) return zoneTokenRemedy;
  if (error instanceof CloudflareError) return remedyOf(error);
  return 'find out why it does not answer';
}
