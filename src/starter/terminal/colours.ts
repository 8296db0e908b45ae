/** What each colour means. The only file that names colours. */
import { styleText } from 'node:util';

import { successPhases, undoPhases } from '../../contract/names/phases.ts';
import type { Phase } from '../../contract/names/phases.ts';

export type Paint = (text: string) => string;

/** Painting adds characters without a width: pad before you paint. */
export interface Colours {
  /** Done without an error. */
  good: Paint;
  /** Waiting, or worth reading. */
  notable: Paint;
  /** Failed, undone or wrong. */
  bad: Paint;
  /** In progress. */
  strong: Paint;
  /** Still to do. */
  faint: Paint;
}

const asIs: Paint = (text) => text;

/** For output that programs read. */
export const noColours: Colours = { good: asIs, notable: asIs, bad: asIs, strong: asIs, faint: asIs };

/**
 * The colours that the stream supports: none unless it is a terminal. NO_COLOR, NODE_DISABLE_COLORS and FORCE_COLOR override
 * that (https://nodejs.org/docs/latest-v24.x/api/util.html#utilstyletextformat-text-options).
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

export function paintForPhase(phase: Phase, { good, notable, bad }: Colours): Paint {
  if (successPhases.has(phase)) return good;
  if (undoPhases.has(phase)) return bad;
  return phase.startsWith('waiting-') ? notable : asIs;
}

/** @param state Temporal's state of the run */
export function paintForState(state: string, { good, bad }: Colours): Paint {
  if (state === 'running') return asIs;
  return state === 'completed' ? good : bad;
}
