/** Before the log-in of a whole company changes, a human says yes. */
import { CancellationScope, condition, setHandler } from '@temporalio/workflow';

import { approveUpdate, rejectUpdate } from '../../contract/handlers.ts';
import type { DomainEventType } from '../../contract/names/vocabulary.ts';
import type { Answer, ApprovalState } from '../../contract/schemas/answers.ts';
import { tell } from './call-back.ts';
import { requireDecision } from './human-decision.ts';
import { failure } from './failures.ts';
import type { Progress } from './progress.ts';
import type { StoryRun } from './run.ts';

type Answered = NonNullable<ApprovalState['answer']>;

/** Takes answers whenever they come, and refuses those that nobody asked for. */
export function takeApprovals(progress: Progress): void {
  const answer =
    (kind: Answered['kind']) =>
    ({ by, reason }: Answer) => {
      const approval = requireOpen(progress);
      const answered = { ...approval, answer: { by, reason, kind, at: new Date().toISOString() } };
      progress.note({ approval: answered });
      return answered;
    };
  const validator = (decision: Answer) => {
    requireDecision(decision);
    requireOpen(progress);
  };
  setHandler(approveUpdate, answer('approved'), { validator, description: 'Go on with it: who says so, and why' });
  setHandler(rejectUpdate, answer('rejected'), { validator, description: 'Do not: who says so, and why' });
}

function requireOpen({ status: { phase, approval } }: Progress): ApprovalState {
  if (phase !== 'waiting-for-approval' || approval === null) {
    throw new TypeError(`Nobody is asked for approval: it is in the phase ${phase}`);
  }
  // While a run that nobody answered is coming to its end.
  if (Date.now() >= Date.parse(approval.expiresAt)) throw new TypeError(`It expired at ${approval.expiresAt}`);
  if (CancellationScope.current().consideredCancelled) throw new TypeError('The run is being cancelled');
  if (approval.answer === null) return approval;
  const { kind, by, at } = approval.answer;
  throw new TypeError(`It has been answered: ${kind} by ${by} at ${at}`);
}

export interface Question {
  /** Such as "enabling example.com". */
  about: string;
  /** What will happen, and to whom: sentences. */
  consequence: string;
  event: DomainEventType;
}

/**
 * Waits for an answer, reminding now and then. What it takes is added to the deadline.
 * @throws {ApplicationFailure} `ApprovalRejected`, `ApprovalExpired`
 */
export async function waitForApproval(run: StoryRun, { about, consequence, event }: Question): Promise<void> {
  const { settings, progress } = run;
  const { remindEverySeconds, expireSeconds } = settings.approval;
  const requested = Date.now();
  const expires = requested + expireSeconds * 1000;
  progress.note({
    approval: {
      requestedAt: new Date(requested).toISOString(),
      nextReminderAt: null,
      reminders: 0,
      expiresAt: new Date(expires).toISOString(),
      answer: null,
    },
  });
  progress.enter(
    'waiting-for-approval',
    `waiting for somebody to approve ${about}, which takes effect at once. ${consequence}`,
  );

  await tell(run, event, 'needs-approval/0');
  let answer = progress.status.approval?.answer ?? null;
  while (answer === null) {
    const now = Date.now();
    const reminder = now + remindEverySeconds * 1000;
    const next = Math.min(reminder, expires);
    noteReminder(progress, reminder < expires ? new Date(reminder).toISOString() : null);
    const summary = next === expires ? 'Until the question expires' : 'Until somebody is reminded';
    await condition(() => progress.status.approval?.answer !== null, Math.max(0, next - now), { summary });
    answer = progress.status.approval?.answer ?? null;
    if (answer !== null) break;
    if (Date.now() >= expires) {
      throw failure('ApprovalExpired', `Nobody approved ${about} within ${expireSeconds} s`);
    }
    const { approval } = progress.status;
    if (approval === null) continue;
    const reminders = approval.reminders + 1;
    progress.note({ approval: { ...approval, reminders } });
    await tell(run, event, `needs-approval/${reminders}`);
  }
  if (answer.kind === 'rejected') throw failure('ApprovalRejected', `Rejected by ${answer.by}: ${answer.reason}`);
  run.addToDeadline(Date.now() - requested);
}

function noteReminder(progress: Progress, nextReminderAt: string | null): void {
  const { approval } = progress.status;
  if (approval !== null) progress.note({ nextCheckAt: nextReminderAt, approval: { ...approval, nextReminderAt } });
}
