/** What colours say. The only place that knows how they look. */
import { styleText } from 'node:util';

import { successPhases, undoPhases } from '../../contract/names/phases.ts';
import type { Phase } from '../../contract/names/phases.ts';

export type Paint = (text: string) => string;

/** Text painted is as wide as it was, but no longer as long: pad it before. */
export interface Colours {
  /** Done, and well. */
  good: Paint;
  /** To be waited for, or to be looked at. */
  notable: Paint;
  /** Failed, undone or wrong. */
  bad: Paint;
  /** Under way. */
  strong: Paint;
  /** To come. */
  faint: Paint;
}

const asIs: Paint = (text) => text;

/** For what machines read. */
export const noColours: Colours = { good: asIs, notable: asIs, bad: asIs, strong: asIs, faint: asIs };

/**
 * Those that the stream shows: none where it is no terminal, and as NO_COLOR, NODE_DISABLE_COLORS and FORCE_COLOR say
 * (https://nodejs.org/docs/latest-v24.x/api/util.html#utilstyletextformat-text-options).
 */
export function coloursOf(stream: NodeJS.WritableStream): Colours {
  const paint =
    (format: 'green' | 'yellow' | 'red' | 'bold' | 'dim'): Paint =>
    (text) =>
      styleText(format, text, { stream });
  return {
    good: paint('green'),
    notable: paint('yellow'),
    bad: paint('red'),
    strong: paint('bold'),
    faint: paint('dim'),
  };
}

export function paintOfPhase(phase: Phase, { good, notable, bad }: Colours): Paint {
  if (successPhases.has(phase)) return good;
  if (undoPhases.has(phase)) return bad;
  return phase.startsWith('waiting-') ? notable : asIs;
}

/** @param state Temporal's word for the run */
export function paintOfState(state: string, { good, bad }: Colours): Paint {
  if (state === 'running') return asIs;
  return state === 'completed' ? good : bad;
}
