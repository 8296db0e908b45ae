import type { Pace } from '../contract.ts';

/** In seconds. */
export const defaultPace: Pace = {
  retryFirstSeconds: 2,
  retryMaxSeconds: 300,
  authRetrySeconds: 300,
  throttledSeconds: 300,
  attemptSeconds: 60,
  heartbeatSeconds: 20,
  undoRetrySeconds: 60,
};
