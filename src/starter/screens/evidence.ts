/** What servers showed of a domain, as tables: the same in a look at DNS and in the status of a run. Pure. */
import type { PublishingZone } from '../../contract/schemas/dns.ts';
import type { DomainResolver, DomainServer } from '../../dns/evidence/observe-domain.ts';
import { renderTable } from '../terminal/table.ts';

export function describeZone({ apex, nameServers, source }: PublishingZone): string {
  const servers = nameServers.join(', ');
  return source === 'discovered'
    ? `${apex}, delegated to ${servers}`
    : `${apex} on ${servers} (the servers asked are those of DNS_NAMESERVERS)`;
}

/**
 * No lines when there are no servers.
 *
 * @param columns the width there is; where a table with everything is wider, each answer has a line of its own
 */
export function renderServers(servers: readonly DomainServer[], columns = Infinity): string[] {
  const rows = servers.map((server) => ({
    place: [server.name, server.address === server.name ? '' : server.address],
    answer: describeAnswer(server),
    measured: [
      server.milliseconds === null ? '-' : `${server.milliseconds} ms`,
      server.serial === null ? '-' : `${server.serial}`,
    ],
  }));
  const wide = renderTable(
    ['name server', 'address', 'answer', 'took', 'serial'],
    rows.map(({ place, answer, measured }) => [...place, answer, ...measured]),
  );
  if (wide.every((line) => line.length <= columns)) return wide;
  const [header = '', ...lines] = renderTable(
    ['name server', 'address', 'took', 'serial'],
    rows.map(({ place, measured }) => [...place, ...measured]),
  );
  return [header, ...rows.flatMap(({ answer }, index) => [lines[index] ?? '', `  ${answer}`])];
}

/** No lines when there are no resolvers. */
export function renderResolvers(resolvers: readonly DomainResolver[]): string[] {
  return renderTable(
    ['resolver', 'answer'],
    resolvers.map((resolver) => [resolver.address, describeAnswer(resolver)]),
  );
}

const words: Record<DomainServer['verdict'], string> = {
  'has-value': 'has it',
  'lacks-value': 'lacks it',
  'same-values': 'same',
  'other-values': 'differs',
  lame: 'lame',
  unreachable: 'unreachable',
};

function describeAnswer({ verdict, detail }: Pick<DomainServer, 'verdict' | 'detail'>): string {
  return `${words[verdict]}: ${detail}`;
}
