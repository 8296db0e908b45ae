import type { Finding, ProviderCallOptions } from '../dns/publishing/provider.ts';
import { rejectOnAbort, runWithin } from '../dns/wire/deadline.ts';

/**
 * - `ok`: a run can rely on it
 * - `not-ok`: a run would fail, wait or not start because of it
 * - `skipped`: not checked, because of something else that is not ok or was not given
 */
export type CheckState = 'ok' | 'not-ok' | 'skipped';

/** One thing that a first run needs. */
export interface Check {
  /** What was checked, or the name of a variable. */
  name: string;
  state: CheckState;
  /** What was found; of a check that was skipped, why. */
  found: string;
  /** What to do about it, possibly in several lines; `null`: nothing. */
  next: string | null;
}

export function ok(name: string, found: string, next: string | null = null): Check {
  return { name, state: 'ok', found, next };
}

export function notOk(name: string, found: string, next: string | null): Check {
  return { name, state: 'not-ok', found, next };
}

export function skipped(name: string, why: string): Check {
  return { name, state: 'skipped', found: why, next: null };
}

export function skipAll(names: readonly string[], why: string): Check[] {
  return names.map((name) => skipped(name, why));
}

/** A DNS provider's own finding as a check. */
export function fromFinding({ subject, ok: isOk, found, remedy }: Finding): Check {
  return { name: subject, state: isOk ? 'ok' : 'not-ok', found, next: remedy };
}

/** How long a diagnosis may take. */
export interface Limits {
  /** Ends all that is still running. */
  signal: AbortSignal;
  /** For each query. */
  milliseconds: number;
}

/** The result of one query. Each fails on its own, so that one does not hide the others. */
export type QueryResult<Value> = { ok: true; value: Value } | { ok: false; error: unknown };

/** What a client gets of a query's time, so that its own timeout error comes first. */
const clientShare = 0.8;

/** Runs one query. Never rejects, and never takes longer than its limits, even where the query ignores its signal. */
export async function settle<Value>(
  { signal, milliseconds }: Limits,
  query: (options: ProviderCallOptions) => Promise<Value>,
): Promise<QueryResult<Value>> {
  try {
    const value = await runWithin(milliseconds, signal, async (stop) => {
      const timeoutMilliseconds = Math.ceil(milliseconds * clientShare);
      return await Promise.race([query({ signal: stop, timeoutMilliseconds }), rejectOnAbort(stop)]);
    });
    return { ok: true, value };
  } catch (error) {
    return { ok: false, error };
  }
}

/** The message of an error of any type. */
export function messageOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'there was no time left to check';
  return error instanceof Error ? error.message : String(error);
}
