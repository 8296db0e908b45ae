import type { Command } from 'commander';

import type { LookUpConfig } from '../../config/look-ups.ts';
import { DnsError } from '../../dns/wire/dns-error.ts';
import { createDns } from '../../dns/dns.ts';
import { reportMissingZone } from '../../dns/evidence/observe-domain.ts';
import type { DomainReport } from '../../dns/evidence/observe-domain.ts';
import { normaliseEmailDomain } from '../../domains/email-domain.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { addExamples } from './examples.ts';
import { outputOf } from '../terminal/output.ts';
import { renderDns } from '../screens/dns.ts';
import { StarterError } from './starter-error.ts';

/** For the whole look, silent servers included. */
const deadlineMilliseconds = 15_000;

const epilogue = `
Environment:
  DNS_RESOLVERS    recursive resolvers to ask, ip[:port],… (default: 1.1.1.1 and
                   8.8.8.8, the system's where those do not answer)
  DNS_NAMESERVERS  authoritative servers to ask instead of those that the parent
                   zone names: ip[:port],… for every domain, or
                   zone=ip[:port],…;zone=…

Exit codes:
  0  nothing is wrong: with --value, every name server that answers has it;
     without, they have the same values
  1  something is wrong, and the report says what
  2  wrong usage or configuration`;

/** @param readLookUpConfig asked only once the command really runs; throws a ConfigError */
export function addDnsCommand(program: Command, readLookUpConfig: () => LookUpConfig): void {
  const dns = program
    .command('dns <domain>')
    .description('what DNS shows of a domain, and what is wrong with it; needs no Temporal')
    .option('--value <text>', 'the TXT value to look for')
    .option('--json', 'one JSON object, and nothing else, on standard output')
    .addHelpText('after', epilogue)
    .action(async (domain: string, { value, json }: { value?: string; json?: boolean }) => {
      const report = await inspectDns(readLookUpConfig(), domain, value);
      const output = outputOf({ json });
      output.print(report, output.fit(renderDns(report, output.colours, output.columns), 9));
      process.exitCode = report.sound ? exitCodes.success : exitCodes.failed;
    });
  addExamples(dns, 'dns example.com', 'dns example.com --value cloudflare_dashboard_sso=…');
}

/**
 * What DNS shows of an e-mail domain, as an onboarding would see it. Needs no Temporal and changes nothing. A domain for
 * which no server answers is a report too.
 *
 * @param value the TXT value to look for; left out: the servers are compared with each other
 * @throws {StarterError} when the domain or the value is none
 */
async function inspectDns(
  { nameServers, resolvers }: LookUpConfig,
  domain: string,
  value: string | undefined,
): Promise<DomainReport> {
  const normal = normaliseEmailDomain(domain);
  if (!normal.ok) throw new StarterError(exitCodes.usage, `${normal.reason}\n→ ${normal.remedy}`);
  if (value === '') throw new StarterError(exitCodes.usage, 'The value of --value is empty.');

  const asked = { emailDomain: normal.emailDomain, value: value ?? null };
  const signal = AbortSignal.timeout(deadlineMilliseconds);
  try {
    return await createDns({ nameServers, resolvers }).observeDomain({
      ...asked,
      signal,
      withinMilliseconds: deadlineMilliseconds,
    });
  } catch (error) {
    if (error instanceof DnsError) return reportMissingZone(asked, error.message);
    if (error !== signal.reason) throw error;
    return reportMissingZone(asked, `DNS did not answer within ${deadlineMilliseconds / 1000} s`);
  }
}
