import { driftKinds } from '../../contract/names/vocabulary.ts';
import type { DriftReport } from '../../contract/schemas/drift.ts';
import { toMarkdownTable } from '../shared/markdown-table.ts';

/** The counts of a report as a short Markdown table, for Temporal's UI. */
export function renderReport({ accountId, counts, ...report }: DriftReport): string {
  const rows: [label: string, count: number][] = [
    ['Domains that should be enabled', report.domains],
    ['Healthy', report.healthy],
    ['**Drifted**', report.drifted],
    ['Not fully checked', report.undetermined],
    ['Being onboarded or off-boarded', report.inProgress],
    ...driftKinds.map((kind): [string, number] => [`\`${kind}\``, counts[kind]]),
    ['Repaired', report.repaired],
  ];
  const shown = rows.filter(([, count], index) => index < 2 || count > 0);
  return toMarkdownTable([`Drift of ${accountId}`, ''], shown);
}
