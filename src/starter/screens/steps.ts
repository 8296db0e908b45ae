/** The phases of a run as steps: done, in progress or still to do. */
import type { DomainStatus } from '../../contract/handlers.ts';
import {
  lastPhases,
  offboardingPhases,
  onboardingPhases,
  optionalPhases,
  undoPhases,
} from '../../contract/names/phases.ts';
import type { Phase } from '../../contract/names/phases.ts';
import { noColours } from '../terminal/colours.ts';
import type { Colours } from '../terminal/colours.ts';
import { renderDuration } from './duration.ts';

/** @param closedAt when the run ended, ISO 8601; `null`: it is running */
export function renderSteps(
  status: DomainStatus,
  closedAt: string | null,
  now: Date,
  { good, bad, strong, faint }: Colours = noColours,
): string[] {
  const phases: readonly Phase[] = status.kind === 'offboarding' ? offboardingPhases : onboardingPhases;
  const timeline: readonly { phase: Phase; enteredAt: string }[] = status.timeline;
  const isUndone = status.kind === 'onboarding' && status.undo.cause !== null;
  const furthest = Math.max(...timeline.map((entry) => phases.indexOf(entry.phase)));
  const isToDo = (phase: Phase) => !isUndone && !undoPhases.has(phase) && phases.indexOf(phase) > furthest;
  const shown = phases.filter((phase) => timeline.some((entry) => entry.phase === phase) || isToDo(phase));
  return shown.map((phase) => {
    const index = timeline.findIndex((entry) => entry.phase === phase);
    const entered = timeline[index]?.enteredAt;
    if (entered === undefined) return faint(`  · ${phase}${optionalPhases.has(phase) ? ', if requested' : ''}`);
    const isLast = lastPhases.has(phase);
    const next = timeline[index + 1];
    const isStopped = next === undefined ? closedAt !== null && !isLast : next.phase === 'undoing';
    const isDone = isLast || next !== undefined;
    const left = next?.enteredAt ?? closedAt ?? now.toISOString();
    const [mark, paint] = isStopped ? ['✗', bad] : isDone ? ['✓', undoPhases.has(phase) ? bad : good] : ['▸', strong];
    const took = isLast ? '' : `  ${renderDuration((Date.parse(left) - Date.parse(entered)) / 1000)}`;
    return paint(`  ${mark} ${phase}${took}`);
  });
}
