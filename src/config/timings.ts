/** Retries, timeouts and polling, from the worker's environment. */
import type { Timings } from '../decisions/timings.ts';
import { readPositiveNumber } from '../environment/variables.ts';
import type { Environment } from '../environment/variables.ts';

export function readTimings(environment: Environment, problems: string[]): Timings {
  const read = (variable: string, fallback: number) => readPositiveNumber(environment, variable, fallback, problems);
  return {
    retry: {
      retryFirstSeconds: read('RETRY_FIRST_SECONDS', 2),
      retryMaxSeconds: read('RETRY_MAX_SECONDS', 300),
      authRetrySeconds: read('AUTH_RETRY_SECONDS', 300),
      throttledRetrySeconds: read('THROTTLED_RETRY_SECONDS', 300),
      undoRetrySeconds: read('UNDO_RETRY_SECONDS', 60),
    },
    timeouts: {
      attemptSeconds: read('ATTEMPT_TIMEOUT_SECONDS', 60),
      heartbeatSeconds: read('HEARTBEAT_TIMEOUT_SECONDS', 20),
    },
    polling: {
      firstSeconds: read('POLL_FIRST_SECONDS', 5),
      growth: read('POLL_GROWTH', 0.1),
      maxSeconds: read('POLL_MAX_SECONDS', 900),
    },
    propagation: {
      maxSeconds: read('PROPAGATION_MAX_SECONDS', 3600),
      refreshSeconds: read('PROPAGATION_REFRESH_SECONDS', 1800),
    },
  };
}
