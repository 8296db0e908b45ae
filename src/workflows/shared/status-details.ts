import type { DomainStatus } from '../../contract/handlers.ts';
import type { OffboardingStatus } from '../../contract/schemas/offboarding.ts';
import type { OnboardingStatus } from '../../contract/schemas/onboarding-status.ts';
import { toMarkdownTable } from './markdown-table.ts';

type Row = [label: string, value: string | null];

/** The status as a short Markdown table, for Temporal's UI. */
export function renderStatus(status: DomainStatus): string {
  const rows: Row[] = [
    ['Phase', `**${status.phase}**`],
    ['Why', status.reason],
    ['Next check', status.nextCheckAt],
    ...(status.kind === 'onboarding' ? onboardingRows(status) : offboardingRows(status)),
    ['Deadline', status.deadlineAt],
  ];
  const known = rows.flatMap(([label, value]): [string, string][] => (value === null ? [] : [[label, value]]));
  return toMarkdownTable([status.emailDomain, ''], known);
}

function onboardingRows(status: OnboardingStatus): Row[] {
  const { connector, txtRecord, caches, verification, evidence, undo } = status;
  return [
    ['Connector', connector && `\`${connector.id}\` (${connector.origin}, ${connector.verificationStatus})`],
    ['TXT value', txtRecord && `\`${txtRecord.name}\` → \`${txtRecord.value}\` (${txtRecord.provider})`],
    ['Name servers', evidence && evidence.servers.map(({ name, verdict }) => `${name}: ${verdict}`).join(', ')],
    ['Expected everywhere by', caches?.expectedEverywhereAt ?? null],
    ['DNS findings', evidence?.findings.length ? evidence.findings.join('; ') : null],
    [
      'Verification',
      verification.begunAt && `checked ${verification.checks} times, begun again ${verification.restarts} times`,
    ],
    ['Enabled', status.enabledAt],
    [
      'Undo',
      undo.cause && `${undo.cause.message}: ${undo.steps.map(({ kind, state }) => `${kind} ${state}`).join(', ')}`,
    ],
  ];
}

function offboardingRows({ connector, txtRecord, steps }: OffboardingStatus): Row[] {
  return [
    ['Connector', connector && `\`${connector.id}\` (${connector.verificationStatus})`],
    ['TXT value', txtRecord && `\`${txtRecord.name}\` → \`${txtRecord.value}\` (${txtRecord.provider})`],
    ['Steps', steps?.map(({ kind, target, state }) => `${kind} ${target}: ${state}`).join(', ') ?? null],
  ];
}
