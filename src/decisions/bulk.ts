import { ApplicationFailure, CancelledFailure } from '@temporalio/common';

import { workflowIdFor } from '../contract/names/ids.ts';
import { bulkLimits, rowOutcomes } from '../contract/names/vocabulary.ts';
import type { ConflictReason } from '../contract/names/vocabulary.ts';
import type { BulkCounts, BulkInput, BulkRow, RowReport } from '../contract/schemas/bulk.ts';
import type { OnboardingInput } from '../contract/schemas/onboarding-input.ts';
import type { OnboardingResult } from '../contract/schemas/onboarding-status.ts';
import type { UndoReport } from '../contract/schemas/undo.ts';
import { countEach } from './count-each.ts';
import { conflictMessages } from '../messages/refusals.ts';

/** The input of one row's own run. */
export function toOnboardingInput(
  { accountId, options }: Pick<BulkInput, 'accountId' | 'options'>,
  row: BulkRow,
): OnboardingInput {
  return { accountId, ...options, ...row };
}

/** How a row ended. */
export type RowEnding = Omit<RowReport, 'row' | 'emailDomain'>;

export function endingOfResult({ alreadyEnabled }: OnboardingResult): RowEnding {
  return { outcome: alreadyEnabled ? 'already-enabled' : 'enabled', type: null, message: null };
}

/** @param cause the failure of the row's run, as a parent workflow or a client receives it */
export function endingOfFailure(cause: unknown): RowEnding {
  if (cause instanceof CancelledFailure) return { outcome: 'cancelled', type: null, message: null };
  const message = cause instanceof Error ? truncateMessage(cause.message) : null;
  if (!(cause instanceof ApplicationFailure)) {
    return { outcome: 'failed', type: cause instanceof Error ? cause.name : null, message };
  }
  const undone = cause.type === 'Undone' ? readUndoReport(cause) : null;
  if (undone?.cause.by === 'cancel') return { outcome: 'cancelled', type: null, message };
  return { outcome: 'failed', type: undone?.cause.type ?? cause.type ?? null, message };
}

/** The row's run was not started. */
export function endingOfConflict(because: ConflictReason, accountId: string, emailDomain: string): RowEnding {
  const message = `${conflictMessages[because]} (${workflowIdFor(accountId, emailDomain)})`;
  return { outcome: 'refused', type: because, message: truncateMessage(message) };
}

function readUndoReport({ details }: ApplicationFailure): UndoReport | null {
  const [report] = details ?? [];
  return isUndoReport(report) ? report : null;
}

/** Only `onboardSsoConnector` fails with `Undone`. */
function isUndoReport(value: unknown): value is UndoReport {
  return typeof value === 'object' && value !== null && 'cause' in value;
}

const ellipsis = '…';

/** One line that takes at most `bulkLimits.messageBytes` bytes as JSON. */
export function truncateMessage(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  let bytes = 0;
  let kept = '';
  for (const character of line) {
    bytes += jsonBytes(character);
    if (bytes <= bulkLimits.messageBytes - jsonBytes(ellipsis)) kept += character;
  }
  return bytes <= bulkLimits.messageBytes ? line : kept + ellipsis;
}

/** The size of one character in JSON as UTF-8; a lone surrogate is escaped. */
function jsonBytes(character: string): number {
  return new TextEncoder().encode(JSON.stringify(character)).length - '""'.length;
}

export function countRows(total: number, finished: readonly RowEnding[], running: number): BulkCounts {
  const outcomes = countEach(
    rowOutcomes,
    finished.map(({ outcome }) => outcome),
  );
  return { total, waiting: total - finished.length - running, running, ...outcomes };
}
