/** The status of an off-boarding as rows. */
import type { OffboardingStatus } from '../../contract/schemas/offboarding.ts';
import { approvalRow, row, txtRow } from './rows.ts';

/** @param isClosed the run has ended */
export function renderOffboarding(
  { phase, connector, txtRecord, approval, deadlineAt, steps }: OffboardingStatus,
  isClosed: boolean,
): string[] {
  return [
    ...row(
      'connector',
      connector && `${connector.id} (${connector.verificationStatus}${connector.enabled ? ', enabled' : ''})`,
    ),
    ...txtRow(txtRecord),
    ...approvalRow(approval, isClosed || phase !== 'waiting-for-approval'),
    ...row('deadline', deadlineAt),
    ...(steps ?? []).flatMap(({ kind, target, state, note }) =>
      row('step', `${kind} ${target}: ${state}${note === null ? '' : `, ${note}`}`),
    ),
  ];
}
