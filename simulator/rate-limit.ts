const cloudflareCallsPerWindow = 1200;
const windowSeconds = 300;

/** The state of a caller's rate limit after a call. */
export interface RateLimitStatus {
  isAllowed: boolean;
  /** Calls left in the window. */
  remaining: number;
  /** Seconds until the window ends. */
  resetSeconds: number;
}

/** `endsAt` in milliseconds. */
interface Window {
  used: number;
  endsAt: number;
}

/**
 * Cloudflare's rate limit: 1,200 calls in five minutes for each key, then none for five minutes.
 * https://developers.cloudflare.com/fundamentals/api/reference/limits/
 */
export class RateLimit {
  readonly callsPerWindow: number;
  readonly #windows = new Map<string, Window>();

  constructor(callsPerWindow = cloudflareCallsPerWindow) {
    this.callsPerWindow = callsPerWindow;
  }

  /** Counts one call for `key` at `now`, in milliseconds of a monotonic clock. */
  count(key: string, now: number): RateLimitStatus {
    let window = this.#windows.get(key);
    if (window === undefined || now >= window.endsAt) {
      // Undocumented: whether the window is sliding or fixed. Here it is fixed and starts with the first call.
      window = { used: 0, endsAt: now + windowSeconds * 1000 };
      this.#windows.set(key, window);
    }
    window.used += 1;
    if (window.used === this.callsPerWindow + 1) window.endsAt = now + windowSeconds * 1000;
    return {
      isAllowed: window.used <= this.callsPerWindow,
      remaining: Math.max(0, this.callsPerWindow - window.used),
      // Sums of fractions of a millisecond are not exact: five minutes must not become 301 s.
      resetSeconds: Math.ceil(Math.round(window.endsAt - now) / 1000),
    };
  }
}

/** The rate-limit headers of every response. */
export function rateLimitHeaders({ callsPerWindow }: RateLimit, status: RateLimitStatus): Record<string, string> {
  return {
    ratelimit: `"default";r=${status.remaining};t=${status.resetSeconds}`,
    'ratelimit-policy': `"default";q=${callsPerWindow};w=${windowSeconds}`,
  };
}
