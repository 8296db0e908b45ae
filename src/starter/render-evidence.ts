/** What servers showed of a domain, as tables: the same in a look at DNS and in the status of a run. Pure. */
import type { PublishingZone } from '../contract.ts';
import type { DomainResolver, DomainServer } from '../dns/observe-domain.ts';
import { renderTable } from './render-table.ts';

export function describeZone({ apex, nameServers, source }: PublishingZone): string {
  const servers = nameServers.join(', ');
  return source === 'discovered'
    ? `${apex}, delegated to ${servers}`
    : `${apex} on ${servers} (the servers asked are those of DNS_NAMESERVERS)`;
}

/** No lines when there are no servers. */
export function renderServers(servers: readonly DomainServer[]): string[] {
  return renderTable(
    ['name server', 'address', 'answer', 'took', 'serial'],
    servers.map((server) => [
      server.name,
      server.address === server.name ? '' : server.address,
      describeAnswer(server),
      server.milliseconds === null ? '-' : `${server.milliseconds} ms`,
      server.serial === null ? '-' : `${server.serial}`,
    ]),
  );
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
