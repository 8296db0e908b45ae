/** The rows of a run's status: a label and a text. Those that both workflows have are here. */
import type { ApprovalState } from '../../contract/schemas/answers.ts';
import type { TxtRecord } from '../../contract/schemas/dns.ts';

/** The column in which the texts begin. */
export const labelWidth = 14;

/** No row where there is no text. */
export function row(label: string, text: string | null, width = labelWidth): string[] {
  return text === null ? [] : [`${label.padEnd(width)}${text}`];
}

export function txtRow(txtRecord: TxtRecord | null): string[] {
  if (txtRecord === null) return [];
  const { name, value, provider, preexisting } = txtRecord;
  return row('TXT', `${name} "${value}" (${provider}${preexisting ? ', was there before' : ''})`);
}

/** @param isOver the run does not wait for an answer any more */
export function approvalRow(approval: ApprovalState | null, isOver: boolean): string[] {
  if (approval === null) return [];
  const { requestedAt, reminders, expiresAt, answer } = approval;
  if (answer !== null) return row('approval', `${answer.kind} by ${answer.by} at ${answer.at}: ${answer.reason}`);
  const requested = `requested at ${requestedAt}, reminded ${reminders} ×`;
  const rest = isOver ? 'not answered' : `expires at ${expiresAt}: "approve" or "reject"`;
  return row('approval', `${requested}, ${rest}`);
}
