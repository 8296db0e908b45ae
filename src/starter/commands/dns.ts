/** `dns`: what name servers and resolvers answer for a domain. */
import { readDnsServersConfig } from '../../config/dns-servers.ts';
import type { DnsServersConfig } from '../../config/dns-servers.ts';
import { createDns } from '../../dns/dns.ts';
import { reportMissingZone } from '../../dns/evidence/observe-domain.ts';
import type { DomainReport } from '../../dns/evidence/observe-domain.ts';
import { DnsError } from '../../dns/wire/dns-error.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { dnsLabelWidth, renderDns } from '../screens/dns.ts';
import { jsonDescription, jsonFlags, outputFor, readDomain } from './command-context.ts';
import type { CommandContext } from './command-context.ts';
import { addExamples } from './examples.ts';
import { StarterError } from './starter-error.ts';

/** For all queries together, silent servers included. */
const deadlineMilliseconds = 15_000;

const epilogue = `
Environment:
  DNS_RESOLVERS    recursive resolvers to query, ip[:port],… (default: 1.1.1.1
                   and 8.8.8.8, or the system's where those do not answer)
  DNS_NAMESERVERS  authoritative servers to query instead of those that the
                   parent zone names: ip[:port],… for every domain, or
                   zone=ip[:port],…;zone=…

Exit codes:
  0  nothing is wrong: with --value, every name server that answers has it;
     without, they have the same values
  1  something is wrong, and the report says what
  2  wrong usage or configuration`;

export function addDnsCommand(context: CommandContext): void {
  const dns = context.program
    .command('dns <domain>')
    .description('Show what DNS servers answer for a domain, and what is wrong; needs no Temporal')
    .option('--value <text>', 'The TXT value to look for')
    .option(jsonFlags, jsonDescription)
    .addHelpText('after', epilogue)
    .action(async (domain: string, { value, json }: { value?: string; json?: boolean }) => {
      const report = await inspectDns(readDnsServersConfig(context.environment), domain, value);
      const output = outputFor(context, { json });
      output.print(report, output.fit(renderDns(report, output.colours, output.columns), dnsLabelWidth));
      context.exitCode = report.sound ? exitCodes.success : exitCodes.failed;
    });
  addExamples(dns, 'dns example.com', 'dns example.com --value cloudflare_dashboard_sso=…');
}

/**
 * The DNS of a domain as an onboarding sees it. Needs no Temporal and changes nothing. Returns a report also where no server
 * answers.
 *
 * @param value the TXT value to look for; left out: the servers are compared with each other
 * @throws {StarterError} when the domain or the value is not valid
 */
async function inspectDns(
  { nameServers, resolvers }: DnsServersConfig,
  domain: string,
  value: string | undefined,
): Promise<DomainReport> {
  const emailDomain = readDomain(domain);
  if (value === '') throw new StarterError(exitCodes.usage, 'The value of --value is empty.');

  const asked = { emailDomain, value: value ?? null };
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
