/** Checks before anything is written. Every problem goes into one failure, and there is nothing to undo. */
import type { ChosenProvider, PublishingZone } from '../../contract/schemas/dns.ts';
import type { Problem } from '../../contract/schemas/parse.ts';
import { listProblems } from '../../messages/problems.ts';
import { failure } from '../shared/failures.ts';
import type { OnboardingRun } from './onboarding-run.ts';
import type { PublishTarget } from './txt-value.ts';

/** @throws {ApplicationFailure} `PrerequisitesNotMet` with every problem */
export async function checkPrerequisites(run: OnboardingRun): Promise<PublishTarget> {
  const { accountId, emailDomain, propagationCheck } = run.settings;
  const [accountProblems, dns] = await Promise.all([
    run.onCloudflareQueue('Check the token, the organization and its identity providers').checkAccount({ accountId }),
    propagationCheck === 'off'
      ? null
      : run.onOnboardingQueue(`Find the zone of ${emailDomain}`).findPublishingZone({ emailDomain }),
  ]);
  if (dns?.found === false) throw prerequisitesNotMet([...accountProblems, ...dns.problems]);

  const shown = dns?.zone ?? null;
  const chosen = await chooseProvider(run, shown, accountProblems);
  const { name: provider } = chosen;
  const finding = await run
    .onProviderQueue(provider, `Find the zone at ${provider}`)
    .findProviderZone({ provider, wanted: { accountId, emailDomain, shown } });
  const problems = [...accountProblems, ...(finding.fit ? [] : finding.problems)];
  if (!finding.fit || problems.length > 0) throw prerequisitesNotMet(problems);
  const caches = dns?.caches ? { ...dns.caches, expectedEverywhereAt: null } : null;
  run.progress.set({ zone: shown, provider: chosen, caches });
  return { provider, zone: finding.zone };
}

/** The provider that was asked for; for `auto` the one whose name servers serve the domain. */
async function chooseProvider(
  { settings, onCloudflareQueue }: OnboardingRun,
  shown: PublishingZone | null,
  accountProblems: Problem[],
): Promise<ChosenProvider> {
  const { accountId, emailDomain, dnsProvider } = settings;
  if (dnsProvider !== 'auto') return { name: dnsProvider, why: "the input or the worker's DNS_PROVIDER names it" };
  if (shown === null) {
    const problem = '"auto" needs the name servers of the domain, but the propagation check is off';
    const remedy = 'name the provider, or leave the propagation check on';
    throw prerequisitesNotMet([...accountProblems, { subject: 'DNS provider', problem, remedy }]);
  }
  const wanted = { accountId, emailDomain, shown };
  return await onCloudflareQueue('Choose the DNS provider').chooseProvider({ wanted });
}

function prerequisitesNotMet(problems: Problem[]): Error {
  const message = `Not ready to onboard, and nothing was changed: ${listProblems(problems)}`;
  return failure('PrerequisitesNotMet', message, problems);
}
