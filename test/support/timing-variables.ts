/** The worker's timings as environment variables. */
import type { ActivityTimeouts, Polling, Propagation, RetryTimings } from '../../src/decisions/timings.ts';

interface TestTimings extends RetryTimings, ActivityTimeouts {
  pollFirstSeconds: Polling['firstSeconds'];
  pollGrowth: Polling['growth'];
  pollMaxSeconds: Polling['maxSeconds'];
  propagationMaxSeconds: Propagation['maxSeconds'];
  propagationRefreshSeconds: Propagation['refreshSeconds'];
}

const variables: Record<keyof TestTimings, string> = {
  retryFirstSeconds: 'RETRY_FIRST_SECONDS',
  retryMaxSeconds: 'RETRY_MAX_SECONDS',
  authRetrySeconds: 'AUTH_RETRY_SECONDS',
  throttledRetrySeconds: 'THROTTLED_RETRY_SECONDS',
  undoRetrySeconds: 'UNDO_RETRY_SECONDS',
  attemptSeconds: 'ATTEMPT_TIMEOUT_SECONDS',
  heartbeatSeconds: 'HEARTBEAT_TIMEOUT_SECONDS',
  pollFirstSeconds: 'POLL_FIRST_SECONDS',
  pollGrowth: 'POLL_GROWTH',
  pollMaxSeconds: 'POLL_MAX_SECONDS',
  propagationMaxSeconds: 'PROPAGATION_MAX_SECONDS',
  propagationRefreshSeconds: 'PROPAGATION_REFRESH_SECONDS',
};

export function timingVariables(timings: Partial<TestTimings>): Record<string, string> {
  const seconds: Readonly<Record<string, number | undefined>> = timings;
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, variable]) => {
      const value = seconds[name];
      return value === undefined ? [] : [[variable, String(value)]];
    }),
  );
}

/** A run takes fractions of a second. */
export const fastTimings = timingVariables({
  retryFirstSeconds: 0.1,
  retryMaxSeconds: 0.5,
  authRetrySeconds: 0.5,
  throttledRetrySeconds: 0.5,
  undoRetrySeconds: 0.2,
  attemptSeconds: 3,
  heartbeatSeconds: 2,
  pollFirstSeconds: 0.1,
  pollGrowth: 0.1,
  pollMaxSeconds: 0.5,
});
