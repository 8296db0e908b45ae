/** The DNS of a domain as text. Pure. */
import type { DomainReport } from '../../dns/evidence/observe-domain.ts';
import { noColours } from '../terminal/colours.ts';
import type { Colours } from '../terminal/colours.ts';
import { renderDuration } from './duration.ts';
import { describeZone, renderResolvers, renderServers } from './evidence.ts';
import { row } from './rows.ts';

/** The column in which the texts begin. */
export const dnsLabelWidth = 9;

/** @param columns the available width; where the table of servers is wider, it is divided */
export function renderDns(
  report: DomainReport,
  { good, notable, bad }: Colours = noColours,
  columns = Infinity,
): string[] {
  const { emailDomain, value, zone, servers, findings, problems, sound } = report;
  return [
    ...row('domain', emailDomain, dnsLabelWidth),
    ...row('value', value === null ? null : JSON.stringify(value), dnsLabelWidth),
    ...row('zone', zone && describeZone(zone), dnsLabelWidth),
    ...renderCaches(report),
    ...(zone === null ? [] : ['', ...renderServers(servers, columns), '', ...renderResolverAnswers(report)]),
    ...renderList(notable('findings'), findings),
    ...renderList(
      bad('problems'),
      problems.map(({ subject, problem, remedy }) => `${subject}: ${problem}\n    → ${remedy}`),
    ),
    ...(sound ? ['', good('Nothing is wrong.')] : []),
  ];
}

function renderCaches({ caches }: DomainReport): string[] {
  if (caches === null) return [];
  const held = caches.because === 'old-values' ? 'the current values' : 'the answer that there are no values';
  const span = renderDuration(caches.seconds);
  const until = `until then caches may hold ${held}`;
  return row(
    'caches',
    `a new value is expected everywhere ${span} after the last server has it: ${until}`,
    dnsLabelWidth,
  );
}

/** The answers of the resolvers, or why they were not queried. */
function renderResolverAnswers({ resolvers, agreed, servers }: DomainReport): string[] {
  if (agreed) {
    return resolvers.length === 0
      ? ['Resolvers are not queried while there are no values: they would cache that answer.']
      : renderResolvers(resolvers);
  }
  const answered = servers.some(({ verdict }) => verdict !== 'lame' && verdict !== 'unreachable');
  const until = answered ? 'until the name servers agree' : 'while no name server answers';
  return [`Resolvers are not queried ${until}: they would cache an early answer.`];
}

function renderList(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : ['', title, ...entries.map((entry) => `  - ${entry}`)];
}
