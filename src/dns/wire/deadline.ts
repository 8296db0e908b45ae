/** Why work was stopped that took longer than it was given. */
export class DeadlineError extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
    this.name = 'DeadlineError';
  }
}

/**
 * Runs work that can be stopped by `signal` and by the work itself, and stops whatever is left of it at its end. An
 * aborted `signal` rejects with its reason, whatever the work made of it.
 */
export async function runStoppable<T>(signal: AbortSignal, work: (stop: AbortController) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const forward = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  try {
    return await work(stop);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', forward);
    stop.abort();
  }
}

/** The same with a deadline: the work's signal is aborted with a `DeadlineError` when it passes. */
export async function runWithin<T>(
  milliseconds: number,
  signal: AbortSignal,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  return await runStoppable(signal, async (stop) => {
    const timer = setTimeout(() => stop.abort(new DeadlineError(milliseconds)), milliseconds);
    try {
      return await work(stop.signal);
    } finally {
      clearTimeout(timer);
    }
  });
}

/**
 * The result of whichever attempt succeeds first; the others are stopped.
 *
 * @throws {AggregateError} of every attempt's error when all fail; attempts that were such races themselves add theirs
 * to the same list
 */
export async function firstToSucceed<T>(
  signal: AbortSignal,
  attempts: readonly ((stop: AbortSignal) => Promise<T>)[],
): Promise<T> {
  return await runStoppable(signal, async (stop) => {
    try {
      return await Promise.any(attempts.map(async (attempt) => await attempt(stop.signal)));
    } catch (error) {
      throw new AggregateError(flatten(error), 'every attempt failed', { cause: error });
    }
  });
}

function flatten(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(flatten) : [error];
}
