/**
 * Retries, timeouts and polling as data. They are settings of the worker; a run receives them with its first activity and
 * keeps them, so that tests of days run in seconds through the same code. All in seconds.
 */

export interface RetryTimings {
  /** First wait between attempts of a failing activity; doubles up to `retryMaxSeconds`. */
  retryFirstSeconds: number;
  retryMaxSeconds: number;
  /** Wait between attempts while Cloudflare or the DNS provider refuses the credentials. */
  authRetrySeconds: number;
  /** Wait after a 429 without `Retry-After`. */
  throttledRetrySeconds: number;
  /** Wait between attempts of an undo step. */
  undoRetrySeconds: number;
}

export interface ActivityTimeouts {
  /** The longest that one attempt of an activity may take. */
  attemptSeconds: number;
  /** An attempt without a heartbeat for this long is considered dead. */
  heartbeatSeconds: number;
}

/** The wait after `elapsed` seconds is `elapsed × growth`, at least `firstSeconds` and at most `maxSeconds`. */
export interface Polling {
  firstSeconds: number;
  growth: number;
  maxSeconds: number;
}

export interface Propagation {
  /** How long to wait for the name servers before verification begins anyway. */
  maxSeconds: number;
  /** How often the name servers are asked again while Cloudflare verifies. */
  refreshSeconds: number;
}

export interface Timings {
  retry: RetryTimings;
  timeouts: ActivityTimeouts;
  polling: Polling;
  propagation: Propagation;
}

/** The SDK's retry options, in milliseconds. */
export function retryPolicy({ retryFirstSeconds, retryMaxSeconds }: RetryTimings) {
  return { initialInterval: retryFirstSeconds * 1000, maximumInterval: retryMaxSeconds * 1000 };
}

/**
 * Seconds until the next check of a wait that has lasted `elapsedSeconds`: a fixed share of that time, so that a change is
 * noticed within that share and the number of checks grows with the logarithm of the time.
 */
export function nextWaitSeconds(elapsedSeconds: number, { firstSeconds, growth, maxSeconds }: Polling): number {
  return Math.min(Math.max(firstSeconds, elapsedSeconds * growth), maxSeconds);
}
