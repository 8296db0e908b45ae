/** Checks everything that a first run needs, from where this runs. Changes nothing. */
import { createCloudflare } from '../cloudflare/cloudflare.ts';
import { rejectToken } from '../config/cloudflare.ts';
import { createDns } from '../dns/dns.ts';
import type { DnsProviderName } from '../contract/names/vocabulary.ts';
import { createProviders } from '../dns/providers/registry.ts';
import type { TxtRecordProvider } from '../dns/publishing/provider.ts';
import { normaliseEmailDomain } from '../domains/email-domain.ts';
import type { Environment } from '../environment/variables.ts';
import { examineAccount } from './account.ts';
import type { Check, Limits } from './check.ts';
import { examineResolvers, examineZone } from './dns.ts';
import { readEnvironment } from './environment.ts';
import type { ReadEnvironment } from './environment.ts';
import { judgeDomain } from './judge-dns.ts';
import { examineMachine, examineProvider } from './provider.ts';
import { examineTemporal } from './temporal.ts';

export interface Diagnosis {
  /** Nothing is not ok. */
  ok: boolean;
  /** `null`: none was given. */
  accountId: string | null;
  /** In normal form; `null`: none was given, or none that may be onboarded. */
  emailDomain: string | null;
  checks: Check[];
}

export interface DiagnosisRequest {
  /** The worker's. */
  environment: Environment;
  /** `null`: that of the environment. */
  accountId: string | null;
  /** In any spelling; `null`: none. */
  domain: string | null;
}

/** Never throws for what it finds: the checks say it. Checks all that can be checked. */
export async function diagnose(request: DiagnosisRequest, limits: Limits): Promise<Diagnosis> {
  const read = readEnvironment(request.environment);
  const accountId = request.accountId ?? read.accountId;
  const normal = request.domain === null ? null : normaliseEmailDomain(request.domain);
  const emailDomain = normal?.ok === true ? normal.emailDomain : null;

  const cloudflare = read.cloudflare === null ? null : createCloudflare(read.cloudflare);
  const account = examineAccount({ cloudflare, accountId, emailDomain }, limits);
  const [temporal, resolvers, domain, { checks: accountChecks }, machine] = await Promise.all([
    examineTemporal(read.temporal, limits),
    examineResolvers(read.lookUps, limits),
    emailDomain === null ? [] : examineDomain(emailDomain, { read, cloudflare, accountId, account }, limits),
    account,
    examineMachine(read.wantedProviders, limits),
  ]);
  const checks = [
    ...read.checks,
    ...temporal,
    ...accountChecks,
    ...resolvers,
    judgeDomain(normal),
    ...domain,
    ...machine,
  ];
  return { ok: !checks.some(({ state }) => state === 'not-ok'), accountId, emailDomain, checks };
}

/** The zone that DNS shows, and who would publish in it. */
async function examineDomain(
  emailDomain: string,
  known: {
    read: ReadEnvironment;
    cloudflare: ReturnType<typeof createCloudflare> | null;
    accountId: string | null;
    account: ReturnType<typeof examineAccount>;
  },
  limits: Limits,
): Promise<Check[]> {
  const { lookUps, publishing } = known.read;
  const dns = lookUps === null ? null : createDns(lookUps);
  const [{ checks, zone }, { unusable }] = await Promise.all([
    examineZone({ dns, lookUps, emailDomain }, limits),
    known.account,
  ]);
  const providers =
    dns === null || publishing === null
      ? new Map<DnsProviderName, TxtRecordProvider>()
      : createProviders(publishing.providers, {
          // Where there is no token, whatever needs one is skipped.
          cloudflare: known.cloudflare ?? createCloudflare({ baseUrl: '', readToken: rejectToken }),
          dns,
        });
  const question = {
    providers,
    choice: publishing?.defaultProvider ?? null,
    accountId: known.accountId,
    emailDomain,
    zone,
    accountUnusable: unusable,
  };
  return [...checks, ...(await examineProvider(question, limits))];
}
