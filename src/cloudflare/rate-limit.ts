/** What is left of the token's budget, as the last answer told. */
export interface RateLimit {
  /** Calls left in the window. */
  remaining: number;
  /** Seconds until the window starts anew. */
  resetSeconds: number;
}

/**
 * Reads `Ratelimit: "default";r=50;t=30`.
 * https://developers.cloudflare.com/fundamentals/api/reference/limits/
 */
export function parseRateLimit(header: string | null): RateLimit | null {
  const remaining = /;\s*r=(\d+)/u.exec(header ?? '')?.[1];
  const reset = /;\s*t=(\d+)/u.exec(header ?? '')?.[1];
  if (remaining === undefined || reset === undefined) return null;
  return { remaining: Number(remaining), resetSeconds: Number(reset) };
}

/** Reads `Retry-After`: seconds, or a date (RFC 9110 §10.2.3) counted from `now`. Never negative; `null` when absent or unreadable. */
export function parseRetryAfter(header: string | null, now: Date): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = /^\d+$/u.test(header.trim()) ? Number(header) : (Date.parse(header) - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
