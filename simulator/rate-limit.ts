const CLOUDFLARE_CALLS = 1200;
const WINDOW_SECONDS = 300;

/** What is left to a caller after a call, in calls and seconds. */
export interface Allowance {
  isAllowed: boolean;
  remaining: number;
  resetSeconds: number;
}

interface Budget {
  used: number;
  endsAt: number;
}

/**
 * Counts calls: 1,200 in five minutes for each key, then none for five minutes.
 * https://developers.cloudflare.com/fundamentals/api/reference/limits/
 */
export class RateLimit {
  /** In one window. */
  readonly calls: number;
  readonly #budgets = new Map<string, Budget>();

  constructor(calls = CLOUDFLARE_CALLS) {
    this.calls = calls;
  }

  /** Counts one call at `now`, in milliseconds of any clock that only goes forward. */
  spend(key: string, now: number): Allowance {
    let budget = this.#budgets.get(key);
    if (budget === undefined || now >= budget.endsAt) {
      // Undocumented: whether the five minutes slide. Here they begin with the first call.
      budget = { used: 0, endsAt: now + WINDOW_SECONDS * 1000 };
      this.#budgets.set(key, budget);
    }
    budget.used += 1;
    if (budget.used === this.calls + 1) budget.endsAt = now + WINDOW_SECONDS * 1000;
    return {
      isAllowed: budget.used <= this.calls,
      remaining: Math.max(0, this.calls - budget.used),
      resetSeconds: Math.ceil((budget.endsAt - now) / 1000),
    };
  }
}

/** The headers that tell a client of its allowance. */
export function rateLimitHeaders({ calls }: RateLimit, allowance: Allowance): Record<string, string> {
  return {
    ratelimit: `"default";r=${allowance.remaining};t=${allowance.resetSeconds}`,
    'ratelimit-policy': `"default";q=${calls};w=${WINDOW_SECONDS}`,
  };
}
