import { aborted } from 'node:util';

import { DnsError } from './dns-error.ts';

/** The reason of work that was stopped at its deadline. */
export class DeadlineError extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
    this.name = 'DeadlineError';
  }
}

/**
 * Runs work that both `signal` and the work itself can stop, and stops what is still running when it ends.
 *
 * @throws the reason of `signal` once it is aborted, whatever the work throws
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

/** Runs work with a deadline: when it passes, the work's signal is aborted with a `DeadlineError`. */
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

/** For a race with work that cannot be interrupted. */
export async function rejectOnAbort(signal: AbortSignal): Promise<never> {
  await aborted(signal, signal);
  throw signal.reason;
}

/**
 * The result of the first attempt to succeed; the others are stopped.
 *
 * @throws {AggregateError} when all fail, with every attempt's error; nested AggregateErrors are flattened
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

/**
 * The result of the first server to answer the question; the others are stopped.
 *
 * @throws {DnsError} that gives the reason for each, when no answer is usable; `lame` when all of them are
 */
export async function firstUsable<T>(
  signal: AbortSignal,
  attempts: readonly ((stop: AbortSignal) => Promise<T>)[],
  question: string,
): Promise<T> {
  try {
    return await firstToSucceed(signal, attempts);
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    const reasons = error.errors.map((reason: unknown) => {
      if (reason instanceof DnsError) return reason;
      throw reason;
    });
    const isLame = reasons.length > 0 && reasons.every(({ kind }) => kind === 'lame');
    const messages = reasons.map(({ message }) => message).toSorted();
    const detail = messages.join('; ') || 'no address is known';
    throw new DnsError(isLame ? 'lame' : 'no-usable-answer', question, detail, { cause: error });
  }
}

function flatten(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(flatten) : [error];
}
