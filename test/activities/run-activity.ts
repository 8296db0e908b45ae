import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

import { readTimings } from '../../src/config/timings.ts';

// Many of these tests are about failing attempts.
const logger = new DefaultLogger('ERROR');

/** The worker's default timings. */
export const defaultTimings = readTimings({}, []);
export const { retry } = defaultTimings;

/** One attempt of an activity, in the context that a worker gives it. */
export async function runActivity<Request, Result>(
  activity: (request: Request) => Promise<Result>,
  request: Request,
  info: Partial<Info> = {},
): Promise<Result> {
  return await new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000, ...info }, { logger }).run(
    activity,
    request,
  );
}

/** The failure that an attempt ends with. */
export async function failureOfActivity(attempt: Promise<unknown>): Promise<ApplicationFailure> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof ApplicationFailure) return error;
    throw error;
  }
  throw new Error('The attempt succeeded');
}
