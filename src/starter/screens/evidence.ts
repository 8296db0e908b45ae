/** The answers of name servers and resolvers as tables, for `dns` and for the status of a run. Pure. */
import type { PublishingZone } from '../../contract/schemas/dns.ts';
import type { DomainResolver, DomainServer } from '../../dns/evidence/observe-domain.ts';
import { renderTable } from '../terminal/table.ts';

export function describeZone({ apex, nameServers, source }: PublishingZone): string {
  const servers = nameServers.join(', ');
  return source === 'discovered'
    ? `${apex}, delegated to ${servers}`
    : `${apex} on ${servers} (queries go to the servers in DNS_NAMESERVERS)`;
}

/**
 * Without servers there are no lines.
 * @param columns the available width; where the table is wider, each answer has a line of its own
 */
export function renderServers(servers: readonly DomainServer[], columns = Infinity): string[] {
  const rows = servers.map((server) => ({
    server: [server.name, server.address === server.name ? '' : server.address],
    answer: describeAnswer(server),
    measured: [
      server.milliseconds === null ? '-' : `${server.milliseconds} ms`,
      server.serial === null ? '-' : `${server.serial}`,
    ],
  }));
  const wide = renderTable(
    ['name server', 'address', 'answer', 'took', 'serial'],
    rows.map(({ server, answer, measured }) => [...server, answer, ...measured]),
  );
  if (wide.every((line) => line.length <= columns)) return wide;
  const [header = '', ...lines] = renderTable(
    ['name server', 'address', 'took', 'serial'],
    rows.map(({ server, measured }) => [...server, ...measured]),
  );
  return [header, ...rows.flatMap(({ answer }, index) => [lines[index] ?? '', `  ${answer}`])];
}

/** Without resolvers there are no lines. */
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
