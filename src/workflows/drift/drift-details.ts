import { driftKinds } from '../../contract/names/vocabulary.ts';
import type { DriftReport } from '../../contract/schemas/drift.ts';
import { toMarkdownTable } from '../shared/markdown-table.ts';

/** A look's numbers as a short Markdown table, for Temporal's UI. */
export function renderLook({ accountId, counts, ...report }: DriftReport): string {
  const rows: [label: string, count: number][] = [
    ['Domains that should be enabled', report.domains],
    ['Healthy', report.healthy],
    ['**Drifted**', report.drifted],
    ['Could not be looked at', report.undetermined],
    ['Being onboarded or off-boarded', report.inMotion],
    ...driftKinds.map((kind): [string, number] => [`\`${kind}\``, counts[kind]]),
    ['Repaired', report.repaired],
  ];
  const shown = rows.filter(([, count], index) => index < 2 || count > 0);
  return toMarkdownTable([`Drift of ${accountId}`, ''], shown);
}
