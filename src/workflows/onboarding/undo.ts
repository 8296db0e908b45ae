/** Undoes what a run did, in reverse. The steps are data in the status; each is entered before its effect. */
import {
  allHandlersFinished,
  ApplicationFailure,
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';

import type { EffectReport } from '../../activities/connectors.ts';
import type { UndoOutcome } from '../../activities/undo.ts';
import { giveUpUndoUpdate } from '../../contract/handlers.ts';
import type { UndoKind } from '../../contract/names/vocabulary.ts';
import type { Answer } from '../../contract/schemas/answers.ts';
import type { UndoCause, UndoReport, UndoStep } from '../../contract/schemas/undo.ts';
import { requireAnswer } from '../shared/answers.ts';
import { throwIfCancelled } from '../shared/failures.ts';
import type { OnboardingRun } from './onboarding-run.ts';
import { remindOfManualRemoval, undoEffect } from './undo-effect.ts';

/** Runs an effect. Its undo step is entered before it, and removed if there turns out to be nothing to undo. */
export async function withUndoStep<Result extends EffectReport>(
  run: OnboardingRun,
  kind: UndoKind,
  effect: () => Promise<Result>,
): Promise<Result> {
  throwIfCancelled();
  const earlier = run.progress.status.undo.steps.find((other) => other.kind === kind) ?? null;
  enterStep(run, { kind, certain: false, endedAt: null, state: 'to-do', note: null });
  // If the effect is a repeat, the first one may have happened: its step is restored, not removed.
  const withdraw = () => (earlier === null ? removeStep(run, kind) : enterStep(run, earlier));
  try {
    const result = await effect();
    // If this attempt is not certain, an earlier one may still act, so the step stays even if this one found somebody else's work.
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

/** Whether the failure says that no attempt sent a write, or that every write was refused. */
function wasNeverSent(error: unknown): boolean {
  if (!(error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)) return false;
  const [detail] = error.cause.details ?? [];
  return typeof detail === 'object' && detail !== null && 'mayHaveWritten' in detail && detail.mayHaveWritten === false;
}

/** Undoes every step. Never fails: a step is retried until it is done, or until somebody gives it up. */
export async function undo(run: OnboardingRun, cause: UndoCause): Promise<UndoReport> {
  const { progress } = run;
  progress.set({ undo: { ...progress.status.undo, cause } });
  progress.enterPhase('undoing', `undoing what was done: ${cause.message}`);
  return await CancellationScope.nonCancellable(async () => {
    const attempts = new CancellationScope({ cancellable: true, parent: CancellationScope.current() });
    let isFinished = false;
    setHandler(
      giveUpUndoUpdate,
      async ({ by, reason }) => {
        progress.set({ undo: { ...progress.status.undo, givenUp: { by, reason } } });
        attempts.cancel();
        // The handler runs in the root scope, where the cancel that began the undo still holds.
        await CancellationScope.nonCancellable(async () => await condition(() => isFinished));
        return reportUndo(run, cause);
      },
      { validator: requireAnswer, description: 'Give up an undo that cannot be completed: who, and why' },
    );

    await undoSteps(run, attempts);
    progress.enterPhase('undone', summarise(reportUndo(run, cause)));
    isFinished = true;
    await condition(allHandlersFinished);
    return reportUndo(run, cause);
  });
}

/** Leaves connector and value for another onboarding; only the enabling is undone. */
export function undoEnablingOnly(run: OnboardingRun): void {
  const note = 'kept for another onboarding';
  changeSteps(run, (steps) =>
    steps.map((step) => (step.kind === 'disable-connector' ? step : { ...step, state: 'left', note })),
  );
}

/** Rejects `giveUpUndo` until an undo has begun. */
export function handleGiveUpBeforeUndo(): void {
  setHandler(giveUpUndoUpdate, throwNoUndo, { validator: throwNoUndo });
}

function throwNoUndo(_answer: Answer): UndoReport {
  throw new TypeError('No undo is in progress; "cancel" begins one');
}

/**
 * In reverse: enabling, value, connector. A step that keeps failing delays the others for a limited time only: then the
 * connector is deleted before its value. Not earlier, because a run that is terminated in between would leave a value that no
 * later run knows of.
 */
async function undoSteps(run: OnboardingRun, attempts: CancellationScope): Promise<void> {
  const { progress, timings } = run;
  const undoStep = async (kind: UndoKind) => {
    if (!isToDo(run, kind)) return;
    const outcome = await undoUntilGivenUp(run, kind, attempts);
    changeStep(run, kind, outcome);
    const { connector } = progress.status;
    if (kind === 'disable-connector' && outcome.state === 'undone' && connector !== null)
      progress.set({ connector: { ...connector, enabled: false } });
  };
  await undoStep('disable-connector');
  const value = undoStep('remove-txt-value');
  await condition(
    () => !isToDo(run, 'remove-txt-value') || progress.status.undo.givenUp !== null,
    attemptsBeforeDelete * timings.timeouts.attemptSeconds * 1000,
    { summary: 'Until the TXT value is removed, or its removal keeps failing' },
  );
  const remind = () => {
    if (isToDo(run, 'remove-txt-value')) remindOfManualRemoval(run);
  };
  await Promise.all([value, undoStep('delete-connector').then(remind)]);
}

/** In attempt timeouts: longer than an uncertain step takes that does not fail (two waits, and the reads between them). */
const attemptsBeforeDelete = 4;

async function undoUntilGivenUp(run: OnboardingRun, kind: UndoKind, attempts: CancellationScope): Promise<UndoOutcome> {
  const { progress, timings } = run;
  // A step that has not begun when somebody gives up gets one limited attempt.
  const timeout = attemptsBeforeDelete * timings.timeouts.attemptSeconds * 1000;
  const scope =
    progress.status.undo.givenUp === null ? attempts : new CancellationScope({ cancellable: true, timeout });
  try {
    return await scope.run(async () => await undoEffect(run, kind));
  } catch (error) {
    const { givenUp } = progress.status.undo;
    if (!isCancellation(error) || givenUp === null) throw error;
    return { state: 'left', note: `given up by ${givenUp.by}: ${givenUp.reason}` };
  }
}

function isToDo({ progress }: OnboardingRun, kind: UndoKind): boolean {
  return progress.status.undo.steps.some((step) => step.kind === kind && step.state === 'to-do');
}

function enterStep(run: OnboardingRun, step: UndoStep): void {
  changeSteps(run, (steps) => [...steps.filter(({ kind }) => kind !== step.kind), step]);
}

function removeStep(run: OnboardingRun, kind: UndoKind): void {
  changeSteps(run, (steps) => steps.filter((step) => step.kind !== kind));
}

function changeStep(run: OnboardingRun, kind: UndoKind, changes: Partial<UndoStep>): void {
  changeSteps(run, (steps) => steps.map((step) => (step.kind === kind ? { ...step, ...changes } : step)));
}

function changeSteps({ progress }: OnboardingRun, change: (steps: UndoStep[]) => UndoStep[]): void {
  const { undo: current } = progress.status;
  progress.set({ undo: { ...current, steps: change(current.steps) } });
}

function reportUndo({ progress }: OnboardingRun, cause: UndoCause): UndoReport {
  const { steps, givenUp } = progress.status.undo;
  const list = (state: UndoStep['state']) =>
    steps.filter((step) => step.state === state).map(({ kind, note }) => `${kind}: ${note}`);
  return { cause, undone: list('undone'), left: list('left'), givenUp };
}

function summarise({ undone, left }: UndoReport): string {
  return left.length === 0 ? `everything was undone (${undone.join('; ')})` : `left as it is: ${left.join('; ')}`;
}
