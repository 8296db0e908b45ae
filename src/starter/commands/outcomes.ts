/** How the outcomes of operations end a command: the exit code of each, and the message of those that are errors. */
import type { OutcomeKind } from '../../client/outcomes.ts';
import type { AnswerOutcome } from '../../client/run-operations.ts';
import type { Conflict } from '../../client/start-run.ts';
import type { DomainRequest } from '../../contract/handlers.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import type { ExitCode } from '../../environment/exit-codes.ts';
import { conflictMessages } from '../../messages/refusals.ts';
import { nounOf } from '../../messages/run-titles.ts';
import { StarterError } from './starter-error.ts';

export const exitCodeOf = {
  started: exitCodes.success,
  joined: exitCodes.success,
  accepted: exitCodes.success,
  duplicate: exitCodes.success,
  'id-reused': exitCodes.failed,
  conflict: exitCodes.failed,
  requested: exitCodes.success,
  recorded: exitCodes.success,
  'in-progress': exitCodes.success,
  rejected: exitCodes.failed,
  'not-recorded': exitCodes.noServer,
  ended: exitCodes.notFound,
  'not-found': exitCodes.notFound,
} as const satisfies Record<OutcomeKind, ExitCode>;

/** An operation on a run that was not carried out. */
type Refusal = Extract<AnswerOutcome<unknown>, { kind: 'rejected' | 'not-recorded' | 'ended' | 'not-found' }>;

type Messages = {
  [Kind in Refusal['kind']]: (refusal: Extract<Refusal, { kind: Kind }>, workflowId: string) => string;
};

const messages: Messages = {
  rejected: ({ reason }) => `Not accepted: ${reason}`,
  'not-recorded': () => 'Not recorded: no worker accepted it in time. Start a worker and try again.',
  ended: ({ workflow, state }, workflowId) => `The ${nounOf(workflow)} ${workflowId} has ended already (${state}).`,
  'not-found': (_, workflowId) => `The namespace has no run with the workflow id ${workflowId}.`,
};

/** The error for an operation on the run of `workflowId` that was not carried out. */
export function refusalError<Kind extends Refusal['kind']>(
  refusal: Extract<Refusal, { kind: Kind }> & { kind: Kind },
  workflowId: string,
): StarterError {
  return new StarterError(exitCodeOf[refusal.kind], messages[refusal.kind](refusal, workflowId));
}

/** The error for a request that was not started. Shows both inputs. */
export function conflictError({ kind, because, input: running }: Conflict, { input }: DomainRequest): StarterError {
  return new StarterError(
    exitCodeOf[kind],
    `${input.emailDomain} was not started. ${conflictMessages[because]}.\n` +
      `  running:   ${JSON.stringify(running)}\n  requested: ${JSON.stringify(input)}\n` +
      'Wait until it ends, or cancel it; then start again.',
  );
}
