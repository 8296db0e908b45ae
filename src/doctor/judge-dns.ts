/** The checks of DNS, from what the queries returned. Pure. */
import { DnsError } from '../dns/wire/dns-error.ts';
import type { ZoneSearchResult } from '../dns/zone/publishing-zone.ts';
import { notOk, ok, skipped, messageOf } from './check.ts';
import type { Check, QueryResult } from './check.ts';
import type { Transport } from './probe.ts';

const domainCheck = 'e-mail domain';

export function zoneCheck(emailDomain: string): string {
  return `zone of ${emailDomain}`;
}

export function reachCheck(servers: 'resolvers' | 'name servers', transport: Transport): string {
  return `${servers} over ${transport}`;
}

/** One server queried over one transport. */
export interface Probed {
  /** Its name or address, for messages. */
  server: string;
  answer: QueryResult<void>;
}

const openPort: Record<Transport, string> = {
  UDP: 'open UDP port 53 from the worker to them',
  TCP: 'open TCP port 53 from the worker to them (often forgotten): answers that are too long for UDP come over TCP, and TXT values often are',
};

export function judgeReach(servers: 'resolvers' | 'name servers', transport: Transport, probed: Probed[]): Check {
  const name = reachCheck(servers, transport);
  const answering = probed.flatMap(({ server, answer }) => (answer.ok ? [server] : []));
  const silent = probed.flatMap(({ server, answer }) => (answer.ok ? [] : [`${server}: ${reasonOf(answer.error)}`]));
  if (answering.length === 0) {
    const where = servers === 'resolvers' ? 'set DNS_RESOLVERS to resolvers' : 'set DNS_NAMESERVERS to name servers';
    return notOk(name, `none answers (${silent.join('; ')})`, `${openPort[transport]}; or ${where} that it can reach`);
  }
  const rest = silent.length === 0 ? '' : `; no answer from ${silent.join('; ')}`;
  return ok(name, `answer from ${answering.join(', ')}${rest}`);
}

/** Where the public resolvers cannot be reached, a worker queries the machine's own. */
export function judgeFallback(transport: Transport, preferred: Probed[], fallback: Probed[]): Check {
  if (!fallback.some(({ answer }) => answer.ok)) return judgeReach('resolvers', transport, [...preferred, ...fallback]);
  const { name, found } = judgeReach('resolvers', transport, fallback);
  const publicOnes = preferred.map(({ server }) => server).join(', ');
  return ok(
    name,
    `${found}; these are the machine's own, since the public ones (${publicOnes}) do not answer`,
    'if these resolvers return internal records, set DNS_RESOLVERS to public ones',
  );
}

/** The result of the search for the zone. */
export function judgeZone(emailDomain: string, search: QueryResult<ZoneSearchResult>): Check[] {
  const name = zoneCheck(emailDomain);
  const settings = 'where the worker cannot see public DNS, set DNS_RESOLVERS or DNS_NAMESERVERS';
  if (!search.ok) {
    const command = `"dns ${emailDomain}" shows the answer of each name server`;
    return [notOk(name, messageOf(search.error), `${command}; ${settings}`)];
  }
  if (search.value.kind === 'not-delegated') {
    const register = `correct its spelling, or register ${emailDomain} and delegate it first`;
    return [notOk(name, search.value.reason, `${register}; ${settings}`)];
  }
  const { zone, problems } = search.value;
  if (problems.length > 0) return problems.map(({ problem, remedy }) => notOk(name, problem, remedy));
  const source = zone.source === 'configured' ? ' (according to the servers of DNS_NAMESERVERS)' : '';
  return [ok(name, `${zone.apex}, on ${zone.nameServers.join(', ')}${source}`)];
}

/** @param normal the result of `normaliseEmailDomain`; `null`: no domain was given */
export function judgeDomain(
  normal: { ok: true; emailDomain: string } | { ok: false; reason: string; remedy: string } | null,
): Check {
  if (normal === null) {
    return skipped(domainCheck, 'none was given: "doctor example.com" checks its zone, provider and connector');
  }
  if (!normal.ok) return notOk(domainCheck, normal.reason, normal.remedy);
  return ok(domainCheck, `${normal.emailDomain} may be onboarded`);
}

function reasonOf(error: unknown): string {
  if (error instanceof DnsError) return error.detail;
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  if (code === 'ECONNREFUSED') return 'connection refused';
  return code === null ? messageOf(error) : `cannot be reached (${code})`;
}
