import { setTimeout as delay } from 'node:timers/promises';

import { isUnreachable } from '../../client/server-errors.ts';
import type { Output } from '../terminal/output.ts';
import { refusalError } from './outcomes.ts';

const pollMilliseconds = 1000;
/** A server that restarts is back by then. A wait of days must not end earlier. */
const outageMilliseconds = 60_000;

/**
 * Reads and shows a run until it has ended, and returns the last view.
 * @throws {StarterError} when there is no such run
 * @throws when the server cannot be reached for too long
 */
export async function pollView<View extends { state: string }>(
  workflowId: string,
  output: Output,
  read: () => Promise<View | null>,
  show: (view: View) => void,
): Promise<View> {
  let answeredAt = Date.now();
  for (;;) {
    try {
      const view = await read();
      if (view === null) throw refusalError({ kind: 'not-found' }, workflowId);
      answeredAt = Date.now();
      show(view);
      if (view.state !== 'running') return view;
    } catch (error) {
      if (!isUnreachable(error) || Date.now() - answeredAt > outageMilliseconds) throw error;
      output.warn('The Temporal server does not answer; trying again.');
    }
    await delay(pollMilliseconds);
  }
}
