import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';

import type { Pace } from '../contract.ts';
import { toFailure } from './failures.ts';

export interface EffectOptions {
  signal: AbortSignal;
  /** What is left of the attempt, with a margin to report in. */
  readonly timeoutMilliseconds: number;
}

/** A client's own time-out must strike before Temporal gives the attempt up, or its effect could land unseen. */
const shareOfAttempt = 0.8;
const shortestTimeoutMilliseconds = 1;
/** A heartbeat is what brings a cancellation in, so it beats several times within its own time-out. */
const heartbeatsPerTimeout = 4;

/** Runs one effect as an activity: heartbeats, a time-out below the attempt's own, and errors in the contract's types. */
export async function perform<Result>(
  pace: Pace,
  effect: (options: EffectOptions) => Promise<Result>,
): Promise<Result> {
  const { startToCloseTimeoutMs, heartbeatTimeoutMs, attempt } = activityInfo();
  const endsAt = Date.now() + startToCloseTimeoutMs * shareOfAttempt;
  const beat = setInterval(() => heartbeat(), (heartbeatTimeoutMs ?? startToCloseTimeoutMs) / heartbeatsPerTimeout);
  try {
    return await effect({
      signal: cancellationSignal(),
      get timeoutMilliseconds() {
        return Math.max(shortestTimeoutMilliseconds, Math.round(endsAt - Date.now()));
      },
    });
  } catch (error) {
    throw toFailure(error, pace, attempt);
  } finally {
    clearInterval(beat);
  }
}
