import type { UpdateOutcome } from '../../client/send-update.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { StarterError } from './starter-error.ts';

/**
 * What came of it; `null` when it is recorded, and what it asks for takes longer.
 *
 * @param refusal how a no begins: "Not given up"
 * @throws {StarterError} when the workflow said no, or no worker took it: it is then not recorded
 */
export function requireRecorded<Result>(outcome: UpdateOutcome<Result>, refusal: string): Result | null {
  switch (outcome.kind) {
    case 'done':
      return outcome.result;
    case 'under-way':
      return null;
    case 'refused':
      throw new StarterError(exitCodes.failed, `${refusal}: ${outcome.reason}`);
    case 'not-recorded':
      throw new StarterError(
        exitCodes.noServer,
        'Not recorded: no worker took it in time. Start a worker and try again.',
      );
  }
}
