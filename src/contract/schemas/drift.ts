/** What a look for drift is asked for, checked; for clients and activities, too heavy for the workflow bundle. */
import { z } from 'zod';

import type { DriftInput, DriftSettings } from '../old-drift.ts';
import { completePace } from '../../decisions/timings.ts';
import { exactly } from '../../exactly.ts';
import { inputSchema } from './onboarding-input.ts';
import { parseBy } from './parse.ts';
import type { Parsed } from './parse.ts';

const { accountId, callbackUrl, pace } = inputSchema.shape;

export const driftInputSchema = exactly<DriftInput>()(
  z
    .strictObject({
      accountId,
      repair: z
        .boolean()
        .optional()
        .describe(
          'Publish TXT values that have vanished again, where they were ours, and change nothing else; default false',
        ),
      callbackUrl: callbackUrl.describe(
        "Gets a signed account.drift when something is found, and once when it is over; one of the worker's origins",
      ),
      pace,
    })
    .meta({
      title: 'Input of the workflow findDrift',
      description: 'Its one argument: which account to compare with what was enabled in it. Durations are in seconds',
    }),
);

/** Checks an input from anywhere. */
export function parseDriftInput(candidate: unknown): Parsed<DriftInput> {
  return parseBy(driftInputSchema, candidate);
}

export function withDriftDefaults({
  accountId: account,
  repair,
  callbackUrl: url,
  pace: own,
}: DriftInput): DriftSettings {
  return {
    accountId: account,
    repair: repair ?? false,
    callbackUrl: url ?? null,
    pace: completePace(own),
  };
}
