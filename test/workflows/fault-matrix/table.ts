/** What the cells came to, by fault. */
import type { CellReport } from './cell.ts';

const columns = ['cells', 'passed', 'failed', 'enabled', 'undone', 'untouched'] as const;

export function renderTable(reports: readonly CellReport[]): string {
  const rows = new Map<string, CellReport[]>();
  const add = (key: string, report: CellReport) => rows.set(key, [...(rows.get(key) ?? []), report]);
  for (const report of reports) {
    const { fault, span, when } = report.cell;
    add([fault.name, span, when].join(', '), report);
  }
  for (const report of reports) add(`all of ${report.cell.scenario.name}`, report);
  for (const report of reports) add('all', report);

  const width = Math.max(...[...rows.keys()].map(({ length }) => length));
  const lines = [...rows].map(([key, those]) => renderRow(key.padEnd(width), count(those)));
  return [renderRow(''.padEnd(width), columns), ...lines].join('\n');
}

function count(reports: readonly CellReport[]): number[] {
  const failed = reports.filter(({ problems }) => problems.length > 0).length;
  const ended = (wanted: CellReport['end']) => reports.filter(({ end }) => end === wanted).length;
  return [reports.length, reports.length - failed, failed, ended('enabled'), ended('undone'), ended('untouched')];
}

function renderRow(key: string, values: readonly (string | number)[]): string {
  return [key, ...values.map((value, index) => String(value).padStart(columns[index]?.length ?? 0))].join('  ');
}
