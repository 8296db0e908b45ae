/** A person approves before the sign-in of a whole company changes. */
import { CancellationScope, condition, setHandler } from '@temporalio/workflow';

import { approveUpdate, rejectUpdate } from '../../contract/handlers.ts';
import type { DomainEventType } from '../../contract/names/vocabulary.ts';
import type { Answer, ApprovalState } from '../../contract/schemas/answers.ts';
import { requireAnswer } from './answers.ts';
import { failure } from './failures.ts';
import { notify } from './notify.ts';
import type { DomainProgress } from './progress.ts';
import type { DomainRun } from './run.ts';

type GivenAnswer = NonNullable<ApprovalState['answer']>;

/** Accepts answers in `waiting-for-approval`, and rejects them at any other time. */
export function handleApproval(progress: DomainProgress): void {
  const answer =
    (kind: GivenAnswer['kind']) =>
    ({ by, reason }: Answer) => {
      const approval = requireOpenRequest(progress);
      const answered = { ...approval, answer: { by, reason, kind, at: new Date().toISOString() } };
      progress.set({ approval: answered });
      return answered;
    };
  const validator = (given: Answer) => {
    requireAnswer(given);
    requireOpenRequest(progress);
  };
  setHandler(approveUpdate, answer('approved'), { validator, description: 'Approve: who, and why' });
  setHandler(rejectUpdate, answer('rejected'), { validator, description: 'Reject: who, and why' });
}

function requireOpenRequest({ status: { phase, approval } }: DomainProgress): ApprovalState {
  if (phase !== 'waiting-for-approval' || approval === null) {
    throw new TypeError(`The run does not wait for approval: it is in the phase ${phase}`);
  }
  if (Date.now() >= Date.parse(approval.expiresAt)) {
    throw new TypeError(`The request for approval expired at ${approval.expiresAt}`);
  }
  if (CancellationScope.current().consideredCancelled) throw new TypeError('The run is being cancelled');
  if (approval.answer === null) return approval;
  const { kind, by, at } = approval.answer;
  throw new TypeError(`The request was answered before: ${kind} by ${by} at ${at}`);
}

interface ApprovalRequest {
  /** Such as "enabling example.com". */
  about: string;
  /** What will happen, and to whom, in sentences. */
  consequence: string;
  event: DomainEventType;
}

/**
 * Waits for an answer, and sends reminders. The time it takes extends the deadline.
 * @throws {ApplicationFailure} `ApprovalRejected`, `ApprovalExpired`
 */
export async function waitForApproval(run: DomainRun, { about, consequence, event }: ApprovalRequest): Promise<void> {
  const { settings, progress } = run;
  const { remindEverySeconds, expireSeconds } = settings.approval;
  const requestedAt = Date.now();
  const expiresAt = requestedAt + expireSeconds * 1000;
  progress.set({
    approval: {
      requestedAt: new Date(requestedAt).toISOString(),
      nextReminderAt: null,
      reminders: 0,
      expiresAt: new Date(expiresAt).toISOString(),
      answer: null,
    },
  });
  progress.enterPhase(
    'waiting-for-approval',
    `waiting for somebody to approve ${about}, which takes effect at once. ${consequence}`,
  );

  await notify(run, event, 'needs-approval/0');
  let answer = progress.status.approval?.answer ?? null;
  while (answer === null) {
    const now = Date.now();
    const remindAt = now + remindEverySeconds * 1000;
    const next = Math.min(remindAt, expiresAt);
    setNextReminder(progress, remindAt < expiresAt ? new Date(remindAt).toISOString() : null);
    const summary = next === expiresAt ? 'Until the request expires' : 'Until the next reminder';
    await condition(() => progress.status.approval?.answer !== null, Math.max(0, next - now), { summary });
    answer = progress.status.approval?.answer ?? null;
    if (answer !== null) break;
    if (Date.now() >= expiresAt) {
      throw failure('ApprovalExpired', `Nobody approved ${about} within ${expireSeconds} s`);
    }
    const { approval } = progress.status;
    if (approval === null) continue;
    const reminders = approval.reminders + 1;
    progress.set({ approval: { ...approval, reminders } });
    await notify(run, event, `needs-approval/${reminders}`);
  }
  if (answer.kind === 'rejected') throw failure('ApprovalRejected', `Rejected by ${answer.by}: ${answer.reason}`);
  run.extendDeadline(Date.now() - requestedAt);
}

function setNextReminder(progress: DomainProgress, nextReminderAt: string | null): void {
  const { approval } = progress.status;
  if (approval !== null) progress.set({ nextCheckAt: nextReminderAt, approval: { ...approval, nextReminderAt } });
}
