import type { LookUpConfig } from '../config.ts';
import { DnsError } from '../dns/dns-error.ts';
import { createDns } from '../dns/dns.ts';
import type { DomainReport } from '../dns/observe-domain.ts';
import { normaliseEmailDomain } from '../domains/email-domain.ts';
import { exitCodes } from '../exit-codes.ts';
import { StarterError } from './starter-error.ts';

/** For the whole look, silent servers included. */
const deadlineMilliseconds = 15_000;

/**
 * What DNS shows of an e-mail domain, as an onboarding would see it. Needs no Temporal and changes nothing.
 *
 * @param value the TXT value to look for; left out: the servers are compared with each other
 * @throws {StarterError} when the domain or the value is none, or when no server answered for the domain
 */
export async function inspectDns(
  { nameServers, resolvers }: LookUpConfig,
  domain: string,
  value: string | undefined,
): Promise<DomainReport> {
  const normal = normaliseEmailDomain(domain);
  if (!normal.ok) throw new StarterError(exitCodes.usage, `${normal.reason}\n→ ${normal.remedy}`);
  if (value === '') throw new StarterError(exitCodes.usage, 'The value of --value is empty.');

  const { emailDomain } = normal;
  const signal = AbortSignal.timeout(deadlineMilliseconds);
  try {
    return await createDns({ nameServers, resolvers }).observeDomain({
      emailDomain,
      value: value ?? null,
      signal,
      withinMilliseconds: deadlineMilliseconds,
    });
  } catch (error) {
    if (error instanceof DnsError) throw new StarterError(exitCodes.failed, error.message);
    if (error !== signal.reason) throw error;
    throw new StarterError(
      exitCodes.failed,
      `${emailDomain}: DNS did not answer within ${deadlineMilliseconds / 1000} s.`,
    );
  }
}
