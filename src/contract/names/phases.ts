/** What phases mean to whoever looks at a run. */
import type { Phase } from '../old-contract.ts';

/** Where a story ends that went well. */
export const goodEnds: ReadonlySet<Phase> = new Set(['enabled', 'offboarded']);
/** Those of a story that went wrong; shown only when it came to that. */
export const undoPhases: ReadonlySet<Phase> = new Set(['undoing', 'undone']);
/** Nothing comes after them. */
export const lastPhases: ReadonlySet<Phase> = new Set([...goodEnds, 'undone'] as const);
/** Part of the story only where the input asks for them. */
export const optionalPhases: ReadonlySet<Phase> = new Set(['waiting-for-approval', 'waiting-for-confirmation']);
/** Cancelled in one of these, an onboarding may have something to disable. */
export const phasesThatMayBeEnabled: ReadonlySet<Phase> = new Set(['enabling', 'waiting-for-confirmation', 'enabled']);
