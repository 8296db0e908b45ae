/** Step 7: what this run did is taken back, in reverse, without end of tries. The list of it is data in the run's state. */
import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  patched,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';

import type { UndoOutcome } from '../../activities/undo.ts';
import type { Reported } from '../../activities/connectors.ts';
import { giveUpUndoUpdate } from '../../contract/handlers.ts';
import type { UndoKind } from '../../contract/names/vocabulary.ts';
import type { Pace } from '../../contract/old-contract.ts';
import type { Answer } from '../../contract/schemas/answers.ts';
import type { UndoCause, UndoReport, UndoStep } from '../../contract/schemas/undo.ts';
import { describeRecord } from '../../messages/txt-record.ts';
import { decideUndo } from '../../decisions/undo.ts';
import { tell } from '../shared/call-back.ts';
import { requireDecision } from '../shared/human-decision.ts';
import { toTarget } from '../shared/run.ts';
import type { Run } from '../shared/run.ts';

/** Runs an effect with its undo entered before it, and struck off when it turns out that there is nothing to undo. */
export async function undoable<Result extends Reported>(
  run: Run,
  kind: UndoKind,
  effect: () => Promise<Result>,
): Promise<Result> {
  // A cancel can come with the very answer that the run goes on with: the effect would be refused, and its undo not.
  if (CancellationScope.current().consideredCancelled && patched('no-effect-once-cancelled'))
    throw new CancelledFailure('The run was cancelled');
  const earlier = run.progress.status.undo.steps.find((other) => other.kind === kind) ?? null;
  const step: UndoStep = { kind, certain: false, endedAt: null, state: 'armed', note: null };
  enter(run, step);
  // What was done before, and done again for want of it, may not have been wanting at all.
  const withdraw = () => (earlier === null ? strikeOff(run, kind) : enter(run, earlier));
  try {
    const result = await effect();
    // Uncertain, an earlier call may still land, so the step stays even if this one found somebody else's work.
    if (result.certain && result.ours) changeStep(run, kind, { certain: true });
    else if (result.certain) withdraw();
    return result;
  } catch (error) {
    if (wasNeverSent(error)) withdraw();
    throw error;
  } finally {
    changeStep(run, kind, { endedAt: new Date().toISOString() });
  }
}

/** The failure's own word that no try has sent anything, or that every answer was a definite no: there is nothing to come. */
function wasNeverSent(error: unknown): boolean {
  if (!(error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)) return false;
  const [detail] = error.cause.details ?? [];
  return typeof detail === 'object' && detail !== null && 'mayHaveWritten' in detail && detail.mayHaveWritten === false;
}

export function hasSomethingToUndo({ progress }: Run): boolean {
  return progress.status.undo.steps.length > 0;
}

/** Takes back what is entered. Never fails: what cannot be taken back is tried again until it can, or until somebody gives it up. */
export async function undo(run: Run, cause: UndoCause): Promise<UndoReport> {
  const { progress } = run;
  progress.note({ undo: { ...progress.status.undo, cause } });
  progress.enter('undoing', `taking back what was done: ${cause.message}`);
  return await CancellationScope.nonCancellable(async () => {
    const tries = new CancellationScope({ cancellable: true, parent: CancellationScope.current() });
    let isFinished = false;
    setHandler(
      giveUpUndoUpdate,
      async ({ by, reason }) => {
        progress.note({ undo: { ...progress.status.undo, givenUp: { by, reason } } });
        tries.cancel();
        // This runs in the root scope, where a cancel that began the undo still holds.
        await CancellationScope.nonCancellable(async () => await condition(() => isFinished));
        return reportUndo(run, cause);
      },
      { validator: requireDecision, description: 'Give up an undo that cannot be finished: who, and why' },
    );

    await takeAllBack(run, tries);
    progress.enter('undone', summarise(reportUndo(run, cause)));
    isFinished = true;
    await condition(allHandlersFinished);
    return reportUndo(run, cause);
  });
}

/** Only the log-in goes back: what was not confirmed may be tried again with the same connector and value. */
export function keepAllButEnabling(run: Run): void {
  const note = 'kept for another try';
  changeSteps(run, (steps) =>
    steps.map((step) => (step.kind === 'disable-connector' ? step : { ...step, state: 'left', note })),
  );
}

/** Until an undo has begun there is nothing to give up. */
export function rejectGiveUp(): void {
  setHandler(giveUpUndoUpdate, refuseGiveUp, { validator: refuseGiveUp });
}

function refuseGiveUp(_givenUp: Answer): UndoReport {
  throw new TypeError('No undo is under way; "cancel" begins one');
}

/**
 * In reverse: enabling, value, connector. One that is stuck holds up nothing for good: after a while the connector goes
 * before its value. Not at once, because a run that is terminated in between would leave a value that no later run knows.
 */
async function takeAllBack(run: Run, tries: CancellationScope): Promise<void> {
  const { progress, settings } = run;
  const isOpen = (kind: UndoKind) =>
    progress.status.undo.steps.some((step) => step.kind === kind && step.state === 'armed');
  const takeBackOne = async (kind: UndoKind) => {
    if (!isOpen(kind)) return;
    const outcome = await takeBack(run, kind, tries);
    changeStep(run, kind, outcome);
    const { connector } = progress.status;
    if (kind === 'disable-connector' && outcome.state === 'undone' && connector !== null)
      progress.note({ connector: { ...connector, enabled: false } });
  };
  await takeBackOne('disable-connector');
  const value = takeBackOne('remove-txt-value');
  await condition(
    () => !isOpen('remove-txt-value') || progress.status.undo.givenUp !== null,
    attemptsUntilStuck * settings.pace.attemptSeconds * 1000,
    { summary: 'Until the TXT value is gone, or stuck' },
  );
  await Promise.all([value, takeBackOne('delete-connector').then(() => remindOfRemoval(run))]);
}

/** While a person has not removed the value that they added, the status says what to do. */
function remindOfRemoval({ progress }: Run): void {
  const { txtRecord, caches, undo: current } = progress.status;
  const isOpen = current.steps.some(({ kind, state }) => kind === 'remove-txt-value' && state === 'armed');
  if (txtRecord?.provider !== 'manual' || !isOpen) return;
  const record = describeRecord(txtRecord.name, txtRecord.value, caches);
  progress.note({ reason: `if it was added, remove by hand: ${record}; every other value there stays` });
}

/** More than an uncertain effect takes that is not stuck: two waits, and the looks between them. */
const attemptsUntilStuck = 4;

async function takeBack(run: Run, kind: UndoKind, tries: CancellationScope): Promise<UndoOutcome> {
  const { progress, settings } = run;
  // What was not begun yet when somebody gave up gets its try, and no more than that.
  const timeout = attemptsUntilStuck * settings.pace.attemptSeconds * 1000;
  const scope = progress.status.undo.givenUp === null ? tries : new CancellationScope({ cancellable: true, timeout });
  try {
    return await scope.run(async () => await takeBackForCertain(run, kind));
  } catch (error) {
    const { givenUp } = progress.status.undo;
    if (!isCancellation(error) || givenUp === null) throw error;
    return { state: 'left', note: `given up by ${givenUp.by}: ${givenUp.reason}` };
  }
}

/**
 * An attempt whose answer was lost can act for as long as it lives, and the call it made for a while longer. So an
 * uncertain effect is looked for once that attempt cannot be alive, and once more after as long again.
 */
async function takeBackForCertain(run: Run, kind: UndoKind): Promise<UndoOutcome> {
  const { progress } = run;
  const step = progress.status.undo.steps.find((other) => other.kind === kind);
  const attempt = run.settings.pace.attemptSeconds * 1000;
  if (step?.certain !== false) return await insist(run, kind);
  // Whoever cannot log in does not wait for certainty.
  const atOnce = kind === 'disable-connector' ? await insist(run, kind) : null;
  const reason = `${kind}: its call never reported back, so it is looked for again once that call cannot act any more`;
  const waitAttempt = () => progress.note({ reason, nextCheckAt: new Date(Date.now() + attempt).toISOString() });
  waitAttempt();
  await sleep(attempt, { summary: 'Until the attempt that did not report back cannot be alive' });
  const first = await insist(run, kind);
  waitAttempt();
  await sleep(attempt, { summary: 'Until what it asked for would have come' });
  const second = await insist(run, kind);
  const outcomes = [...(atOnce === null ? [] : [atOnce]), first, second];
  return { state: second.state, note: [...new Set(outcomes.map(({ note }) => note))].join('; then: ') };
}

/** The server tries again by itself; what it takes for final, such as a refusal, is tried again here, ever more slowly. */
async function insist(run: Run, kind: UndoKind): Promise<UndoOutcome> {
  const { progress, settings } = run;
  const shortest = settings.pace.undoRetrySeconds;
  const longest = Math.max(3600, shortest);
  for (let wait = shortest; ;) {
    try {
      progress.note({ reason: `taking back: ${kind}`, nextCheckAt: null });
      return await act(run, kind);
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      progress.note({
        nextCheckAt: new Date(Date.now() + wait * 1000).toISOString(),
        reason: `${kind} keeps failing: ${error.cause?.message ?? error.message}`,
      });
      await sleep(wait * 1000, { summary: `Until ${kind} is tried again` });
      wait = isOutOfTime(error) ? shortest : Math.min(wait * 2, longest);
    }
  }
}

/** The server gave it up for want of time, with nothing said against another try. */
function isOutOfTime({ retryState, cause }: ActivityFailure): boolean {
  return retryState === 'TIMEOUT' || cause instanceof TimeoutFailure;
}

async function act(run: Run, kind: UndoKind): Promise<UndoOutcome> {
  const { settings, progress, undoing } = run;
  const { accountId, emailDomain, useFedrampLanguage, pace } = settings;
  const {
    connector,
    connectorsBefore: before,
    txtRecord,
    undo: { steps },
  } = progress.status;
  switch (kind) {
    case 'disable-connector':
      if (connector === null) return { state: 'undone', note: 'there is none' };
      return await undoing
        .onCloudflare('Disable the connector again')
        .disableConnector({ accountId, connectorId: connector.id, pace });
    case 'remove-txt-value': {
      if (connector === null || txtRecord === null) return { state: 'undone', note: 'there is none' };
      const request = { accountId, connectorId: connector.id, pace };
      const now = await undoing.onCloudflare('Is somebody relying on the TXT value?').getConnector(request);
      const decision = decideUndo(kind, now);
      if (decision.kind === 'leave') return { state: 'left', note: decision.note };
      const { provider } = txtRecord;
      const recordId = txtRecord.preexisting ? null : txtRecord.recordId;
      remindOfRemoval(run);
      if (provider === 'manual') await tell(run, 'onboarding.needs-dns-change', 'needs-dns-change/remove');
      return await undoing
        .onProvider(provider, 'Remove the TXT value')
        .removeTxtRecord({ provider, target: toTarget(run, txtRecord), recordId, pace });
    }
    case 'delete-connector': {
      if (before === null) return { state: 'undone', note: 'there is none' };
      const createdId = connector?.origin === 'created' ? connector.id : null;
      const step = steps.find((other) => other.kind === kind);
      return await undoing.onCloudflare('Delete the connector').deleteConnector({
        accountId,
        emailDomain,
        creation: { createdId, inUseId: null, before, useFedrampLanguage, ...certaintyOf(step, pace) },
        pace,
      });
    }
  }
}

/** What the step knows of the tries of its effect: a call can act for as long as its attempt lives, and for a while longer. */
export function certaintyOf(step: UndoStep | undefined, { attemptSeconds }: Pace) {
  const endedAt = step?.endedAt ?? null;
  const lastPossibleAt =
    endedAt === null ? null : new Date(Date.parse(endedAt) + 2 * attemptSeconds * 1000).toISOString();
  return { certain: step?.certain ?? false, lastPossibleAt };
}

function changeStep(run: Run, kind: UndoKind, changes: Partial<UndoStep>): void {
  changeSteps(run, (steps) => steps.map((step) => (step.kind === kind ? { ...step, ...changes } : step)));
}

function enter(run: Run, step: UndoStep): void {
  changeSteps(run, (steps) => [...steps.filter(({ kind }) => kind !== step.kind), step]);
}

function strikeOff(run: Run, kind: UndoKind): void {
  changeSteps(run, (steps) => steps.filter((step) => step.kind !== kind));
}

function changeSteps({ progress }: Run, change: (steps: UndoStep[]) => UndoStep[]): void {
  const { undo: current } = progress.status;
  progress.note({ undo: { ...current, steps: change(current.steps) } });
}

function reportUndo({ progress }: Run, cause: UndoCause): UndoReport {
  const { steps, givenUp } = progress.status.undo;
  const told = (state: UndoStep['state']) =>
    steps.filter((step) => step.state === state).map(({ kind, note }) => `${kind}: ${note}`);
  return { cause, undone: told('undone'), left: told('left'), givenUp };
}

function summarise({ undone, left }: UndoReport): string {
  return left.length === 0 ? `everything was taken back (${undone.join('; ')})` : `left as it is: ${left.join('; ')}`;
}
