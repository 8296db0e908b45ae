import { runWithin } from '../dns/wire/deadline.ts';

/**
 * - `ok`: a run can rely on it
 * - `not-ok`: a run would fail, wait or not start because of it
 * - `skipped`: nobody looked, because of something else that is not ok or was not given
 */
export type CheckState = 'ok' | 'not-ok' | 'skipped';

/** One thing that a first run needs. */
export interface Check {
  /** What was looked at, or the name of a variable. */
  name: string;
  state: CheckState;
  /** What was found; of a check that was skipped, why. */
  found: string;
  /** What to do about it, maybe in several lines; `null`: nothing. */
  next: string | null;
}

export function ok(name: string, found: string, next: string | null = null): Check {
  return { name, state: 'ok', found, next };
}

export function notOk(name: string, found: string, next: string): Check {
  return { name, state: 'not-ok', found, next };
}

export function skipped(name: string, why: string): Check {
  return { name, state: 'skipped', found: why, next: null };
}

export function skipAll(names: readonly string[], why: string): Check[] {
  return names.map((name) => skipped(name, why));
}

/** How long a diagnosis may take. */
export interface Limits {
  /** Ends all that is still under way. */
  signal: AbortSignal;
  /** For each look. */
  milliseconds: number;
}

/** How one look may end early. */
export interface LookOptions {
  signal: AbortSignal;
  /** Below the look's own deadline, so that what a client says of its time-out is heard. */
  timeoutMilliseconds: number;
}

/** What a look came to: looks fail on their own, so that one does not hide the others. */
export type Look<Value> = { ok: true; value: Value } | { ok: false; error: unknown };

const shareOfLook = 0.8;

/** Never rejects, and never takes longer than its limits, whatever the work makes of its signal. */
export async function look<Value>(
  { signal, milliseconds }: Limits,
  work: (options: LookOptions) => Promise<Value>,
): Promise<Look<Value>> {
  try {
    const value = await runWithin(milliseconds, signal, async (stop) => {
      const { promise: stopped, reject } = Promise.withResolvers<never>();
      stop.addEventListener('abort', () => reject(stop.reason), { once: true });
      const timeoutMilliseconds = Math.ceil(milliseconds * shareOfLook);
      return await Promise.race([work({ signal: stop, timeoutMilliseconds }), stopped]);
    });
    return { ok: true, value };
  } catch (error) {
    return { ok: false, error };
  }
}

/** An error in its own words. */
export function wordsOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'no time was left to look';
  return error instanceof Error ? error.message : String(error);
}
