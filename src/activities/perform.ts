import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { z } from 'zod';

import type { RetryTimings } from '../decisions/timings.ts';
import type { PublishOptions } from '../dns/publishing/provider.ts';
import { isWithoutEffect, toFailure } from './failures.ts';

/** The options of a client's call. `timeoutMilliseconds`: the time left in this attempt, less a margin to report the result. */
export type EffectOptions = PublishOptions;

/** A client's own timeout must fire before Temporal's, or the effect could happen after the attempt was given up. */
export const shareOfAttempt = 0.8;
const shortestTimeoutMilliseconds = 1;
/** Cancellation arrives with a heartbeat, so several are sent within the heartbeat timeout. */
export const heartbeatsPerTimeout = 4;

/** Heartbeat detail: no attempt up to this number sent a write. Valid only if it is the number of the previous attempt. */
const heartbeatSchema = z.object({ nothingSentUpTo: z.number() }).optional().catch(undefined);

/** Runs one effect as an activity: with heartbeats, a timeout below the attempt's, and errors as the contract's failures. */
export async function perform<Result>(
  retry: RetryTimings,
  effect: (options: EffectOptions) => Promise<Result>,
): Promise<Result> {
  const { startToCloseTimeoutMs, heartbeatTimeoutMs, attempt, ...info } = activityInfo();
  const heartbeatDetails: unknown = info.heartbeatDetails;
  const endsAt = Date.now() + startToCloseTimeoutMs * shareOfAttempt;
  const mayHaveWritten = attempt > 1 && heartbeatSchema.parse(heartbeatDetails)?.nothingSentUpTo !== attempt - 1;
  let hasWritten = false;
  const timer = setInterval(() => heartbeat(), (heartbeatTimeoutMs ?? startToCloseTimeoutMs) / heartbeatsPerTimeout);
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
    // The server stores it with the failure and hands it to the next attempt. An attempt that is killed stores nothing.
    if (nothingSent) heartbeat({ nothingSentUpTo: attempt });
    throw toFailure(error, retry, !nothingSent);
  } finally {
    clearInterval(timer);
  }
}
