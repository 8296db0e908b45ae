/** What is left of the token's rate limit, according to the last answer. */
export interface RateLimit {
  /** Calls left in the window. */
  remaining: number;
  /** Seconds until the next window. */
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

/** A day: a longer wait is a mistake, or longer than a run can wait. */
const maxRetryAfterSeconds = 86_400;

/** Reads `Retry-After`: seconds, or a date (RFC 9110 §10.2.3) counted from `now`; from 0 to a day. `null` when absent or unreadable. */
export function parseRetryAfter(header: string | null, now: Date): number | null {
  const text = header?.trim() ?? '';
  const isDate = /^[A-Z][a-z]{2,}, /u.test(text);
  if (!isDate && !/^\d+$/u.test(text)) return null;
  const seconds = isDate ? (Date.parse(text) - now.getTime()) / 1000 : Number(text);
  return Number.isNaN(seconds) ? null : Math.min(Math.max(0, seconds), maxRetryAfterSeconds);
}
