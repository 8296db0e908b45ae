import type { OnboardingStatus } from '../../contract/schemas/onboarding-status.ts';
import { toMarkdownTable } from './markdown-table.ts';

/** The status as a short Markdown table, for Temporal's UI. */
export function renderDetails(status: OnboardingStatus): string {
  const { connector, txtRecord, caches, verification, evidence, undo, offboarding } = status;
  const rows: [label: string, value: string | null][] = [
    ['Phase', `**${status.phase}**`],
    ['Why', status.reason],
    ['Next check', status.nextCheckAt],
    ['Connector', connector && `\`${connector.id}\` (${connector.origin}, ${connector.verificationStatus})`],
    ['TXT value', txtRecord && `\`${txtRecord.name}\` → \`${txtRecord.value}\` (${txtRecord.provider})`],
    ['Name servers', evidence && evidence.servers.map(({ name, verdict }) => `${name}: ${verdict}`).join(', ')],
    ['Expected everywhere by', caches?.expectedEverywhereAt ?? null],
    ['DNS findings', evidence?.findings?.length ? evidence.findings.join('; ') : null],
    ['Verification', verification.begunAt && `looked ${verification.checks} ×, begun again ${verification.restarts} ×`],
    ['Enabled', status.enabledAt],
    [
      'Undo',
      undo.cause && `${undo.cause.message}: ${undo.steps.map(({ kind, state }) => `${kind} ${state}`).join(', ')}`,
    ],
    ['Steps', offboarding?.map(({ kind, of, state }) => `${kind} ${of}: ${state}`).join(', ') ?? null],
    ['Deadline', status.deadlineAt],
  ];
  const known = rows.flatMap(([label, value]): [string, string][] => (value === null ? [] : [[label, value]]));
  return toMarkdownTable([status.emailDomain, ''], known);
}
