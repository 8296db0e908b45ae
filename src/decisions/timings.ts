import type { Optional, Pace } from '../contract/old-contract.ts';

/** Fills in the defaults, in seconds. */
export function completePace(pace: Optional<Pace> = {}): Pace {
  return {
    retryFirstSeconds: pace.retryFirstSeconds ?? 2,
    retryMaxSeconds: pace.retryMaxSeconds ?? 300,
    authRetrySeconds: pace.authRetrySeconds ?? 300,
    throttledSeconds: pace.throttledSeconds ?? 300,
    attemptSeconds: pace.attemptSeconds ?? 60,
    heartbeatSeconds: pace.heartbeatSeconds ?? 20,
    undoRetrySeconds: pace.undoRetrySeconds ?? 60,
  };
}

/** When a failing activity is tried again, in milliseconds. A longest wait below the first one, which the SDK would refuse, is as long as that. */
export function retryOf({ retryFirstSeconds, retryMaxSeconds }: Pick<Pace, 'retryFirstSeconds' | 'retryMaxSeconds'>): {
  initialInterval: number;
  maximumInterval: number;
} {
  return {
    initialInterval: retryFirstSeconds * 1000,
    maximumInterval: Math.max(retryFirstSeconds, retryMaxSeconds) * 1000,
  };
}

/** In seconds. */
export interface RetryTimings {
  retryFirstSeconds: number;
  retryMaxSeconds: number;
  authRetrySeconds: number;
  throttledRetrySeconds: number;
  undoRetrySeconds: number;
}

export interface ActivityTimeouts {
  attemptSeconds: number;
  heartbeatSeconds: number;
}

export interface Polling {
  firstSeconds: number;
  growth: number;
  maxSeconds: number;
}

export interface Propagation {
  maxSeconds: number;
  refreshSeconds: number;
}

export interface Timings {
  retry: RetryTimings;
  timeouts: ActivityTimeouts;
  polling: Polling;
  propagation: Propagation;
}
