/** What DNS shows of a domain, as text. Pure. */
import type { PublishingZone } from '../contract.ts';
import type { DomainReport, DomainServer } from '../dns/observe-domain.ts';
import { renderDuration } from './render.ts';

export function renderDns(report: DomainReport): string[] {
  const { emailDomain, value, zone, notDelegated } = report;
  const head = [
    row('domain', emailDomain),
    ...(value === null ? [] : [row('value', JSON.stringify(value))]),
    ...(zone === null ? [] : [row('zone', describeZone(zone))]),
  ];
  if (notDelegated !== null) return [...head, '', notDelegated];
  return [
    ...head,
    ...renderCaches(report),
    '',
    ...renderServers(report),
    '',
    ...renderResolvers(report),
    ...renderList('findings', report.findings),
    ...renderList(
      'problems',
      report.problems.flatMap(({ subject, problem, remedy }) => [`${subject}: ${problem}\n    → ${remedy}`]),
    ),
    ...(report.sound ? ['', 'Nothing is wrong.'] : []),
  ];
}

function describeZone({ apex, nameServers, source }: PublishingZone): string {
  const servers = nameServers.join(', ');
  return source === 'discovered'
    ? `${apex}, delegated to ${servers}`
    : `${apex} on ${servers} (the servers asked are those of DNS_NAMESERVERS)`;
}

function renderCaches({ caches }: DomainReport): string[] {
  if (caches === null) return [];
  const held = caches.because === 'old-values' ? 'the values there are now' : 'that there are no values';
  const span = renderDuration(caches.seconds);
  return [
    row(
      'caches',
      `a new value is expected everywhere ${span} after the last server has it: until then they may hold ${held}`,
    ),
  ];
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

function renderServers({ servers }: DomainReport): string[] {
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

function renderResolvers({ resolvers, agreed, servers }: DomainReport): string[] {
  if (agreed) {
    if (resolvers.length === 0) return ['Resolvers are not asked while there are no values: they would remember that.'];
    return renderTable(
      ['resolver', 'answer'],
      resolvers.map((resolver) => [resolver.address, describeAnswer(resolver)]),
    );
  }
  const answered = servers.some(({ verdict }) => verdict !== 'lame' && verdict !== 'unreachable');
  const until = answered ? 'until the name servers agree' : 'while no name server answers';
  return [`Resolvers are not asked ${until}: they would remember what they see too early.`];
}

function renderList(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : ['', title, ...entries.map((entry) => `  - ${entry}`)];
}

/** Columns as wide as their widest cell; one that is empty in every row is left out. */
function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const filled = header.flatMap((_, column) => (rows.some((cells) => cells[column] !== '') ? [column] : []));
  const lines = [header, ...rows].map((cells) => filled.map((column) => cells[column] ?? ''));
  const widths = filled.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function row(label: string, text: string): string {
  return `${label.padEnd(8)} ${text}`;
}
