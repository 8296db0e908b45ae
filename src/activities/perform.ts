import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { z } from 'zod';

import type { Pace } from '../contract/old-contract.ts';
import { isWithoutEffect, toFailure } from './failures.ts';

export interface EffectOptions {
  signal: AbortSignal;
  /** What is left of the attempt, with a margin to report in. */
  readonly timeoutMilliseconds: number;
  /** Whether an earlier try of this activity may have sent its write. */
  readonly mayHaveWritten: boolean;
  /** To be called right before the write is sent, so that later tries do not take it for granted that none was. */
  aboutToWrite: () => void;
}

/** A client's own time-out must strike before Temporal gives the attempt up, or its effect could land unseen. */
const shareOfAttempt = 0.8;
const shortestTimeoutMilliseconds = 1;
/** A heartbeat is what brings a cancellation in, so it beats several times within its own time-out. */
const heartbeatsPerTimeout = 4;

/** Told with a failure: no try up to this one has sent a write. Older word than the last try's is not believed. */
const memorySchema = z.object({ nothingSentUpTo: z.number() }).optional().catch(undefined);

/** Runs one effect as an activity: heartbeats, a time-out below the attempt's own, and errors in the contract's types. */
export async function perform<Result>(
  pace: Pace,
  effect: (options: EffectOptions) => Promise<Result>,
): Promise<Result> {
  const { startToCloseTimeoutMs, heartbeatTimeoutMs, attempt, ...info } = activityInfo();
  const heartbeatDetails: unknown = info.heartbeatDetails;
  const endsAt = Date.now() + startToCloseTimeoutMs * shareOfAttempt;
  const mayHaveWritten = attempt > 1 && memorySchema.parse(heartbeatDetails)?.nothingSentUpTo !== attempt - 1;
  let hasWritten = false;
  const beat = setInterval(() => heartbeat(), (heartbeatTimeoutMs ?? startToCloseTimeoutMs) / heartbeatsPerTimeout);
  try {
    return await effect({
      signal: cancellationSignal(),
      get timeoutMilliseconds() {
        return Math.max(shortestTimeoutMilliseconds, Math.round(endsAt - Date.now()));
      },
      mayHaveWritten,
      aboutToWrite: () => {
        hasWritten = true;
      },
    });
  } catch (error) {
    const nothingSent = !mayHaveWritten && (!hasWritten || isWithoutEffect(error));
    // It travels with the failure, so the next try knows; a try that is killed leaves no word.
    if (nothingSent) heartbeat({ nothingSentUpTo: attempt });
    throw toFailure(error, pace, !nothingSent);
  } finally {
    clearInterval(beat);
  }
}
