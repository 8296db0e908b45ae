import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import { bulkIdFor, parseBulkId, workflowIdFor } from '../contract/names/ids.ts';
import type { DnsProviderChoice } from '../contract/names/vocabulary.ts';
import { parseBulk } from '../contract/schemas/bulk.ts';
import type { ParsedBulkInput } from '../contract/schemas/bulk.ts';
import { driftInputSchema } from '../contract/schemas/drift.ts';
import type { DriftSettings } from '../contract/schemas/drift.ts';
import { offboardingInputSchema } from '../contract/schemas/offboarding.ts';
import type { OffboardingSettings } from '../contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../contract/schemas/onboarding-input.ts';
import type { OnboardingSettings } from '../contract/schemas/onboarding-input.ts';
import { parse } from '../contract/schemas/parse.ts';
import type { Parsed, Problem } from '../contract/schemas/parse.ts';
import type { Timings } from '../decisions/timings.ts';
import { listProblems } from '../messages/problems.ts';
import { judgeCallbackUrl } from './call-back.ts';
import type { CallBackSettings } from './call-back.ts';

export type ValidationActivities = ReturnType<typeof createValidationActivities>;

/** What a run works with: its checked input, and the worker's timings, which the run keeps for its whole life. */
interface Validated<Settings> {
  settings: Settings;
  timings: Timings;
}

/**
 * Local activities: no I/O, and their results are in the history. Any client, in any language, may have started the run, so
 * each fails with `InvalidInput` and every problem.
 */
export function createValidationActivities({
  defaultProvider,
  callBacks,
  timings,
}: {
  defaultProvider: DnsProviderChoice;
  callBacks: CallBackSettings | null;
  timings: Timings;
}) {
  function accept<Settings extends { callbackUrl?: string | undefined }>(parsed: Parsed<Settings>): Settings {
    if (!parsed.ok) throw invalidInput(parsed.problems);
    const { callbackUrl } = parsed.value;
    const problem = callbackUrl === undefined ? null : judgeCallbackUrl(callbackUrl, callBacks);
    if (problem !== null) throw invalidInput([problem]);
    return parsed.value;
  }

  return {
    validateOnboarding: async (candidate: unknown): Promise<Validated<OnboardingSettings>> => {
      const input = accept(parse(onboardingInputSchema, candidate));
      requireWorkflowId(input);
      const settings = { ...input, dnsProvider: input.dnsProvider ?? defaultProvider };
      return await Promise.resolve({ settings, timings });
    },

    validateOffboarding: async (candidate: unknown): Promise<Validated<OffboardingSettings>> => {
      const settings = accept(parse(offboardingInputSchema, candidate));
      requireWorkflowId(settings);
      return await Promise.resolve({ settings, timings });
    },

    validateDriftCheck: async (candidate: unknown): Promise<Validated<DriftSettings>> => {
      return await Promise.resolve({ settings: accept(parse(driftInputSchema, candidate)), timings });
    },

    validateBulk: async (candidate: unknown): Promise<Validated<ParsedBulkInput>> => {
      const parsed = parseBulk(candidate);
      if (!parsed.ok) throw invalidInput(parsed.problems);
      const { accountId, rows, options } = parsed.value;
      const { workflowId = '' } = activityInfo().workflowExecution ?? {};
      if (parseBulkId(workflowId)?.accountId !== accountId) {
        throw wrongWorkflowId(workflowId, bulkIdFor(accountId, '<key>'));
      }
      const urls = new Set([options, ...rows].flatMap(({ callbackUrl }) => callbackUrl ?? []));
      const refused = [...urls].flatMap((url) => judgeCallbackUrl(url, callBacks) ?? []);
      if (refused.length > 0) throw invalidInput(refused);
      return await Promise.resolve({ settings: parsed.value, timings });
    },

    /** For workflows whose input needs no check. */
    readTimings: async (): Promise<Timings> => {
      return await Promise.resolve(timings);
    },
  };
}

/** The id is what keeps two runs for one domain apart. */
function requireWorkflowId({ accountId, emailDomain }: { accountId: string; emailDomain: string }): void {
  const expected = workflowIdFor(accountId, emailDomain);
  const { workflowId = '' } = activityInfo().workflowExecution ?? {};
  if (workflowId !== expected) throw wrongWorkflowId(workflowId, expected);
}

function wrongWorkflowId(actual: string, expected: string): ApplicationFailure {
  return invalidInput([
    {
      subject: 'workflow id',
      problem: `the run was started as "${actual}", but its input belongs to "${expected}"`,
      remedy: `start it with the id "${expected}": the id prevents two runs for one domain`,
    },
  ]);
}

/** A failure has to stay small: a list of thousands of domains can have as many problems. */
const maxListed = 50;

/** The failure `InvalidInput` with the first problems. */
function invalidInput(problems: Problem[]): ApplicationFailure {
  const details = problems.slice(0, maxListed);
  const more = problems.length - details.length;
  const message = `The input cannot be used: ${listProblems(details)}${more === 0 ? '' : `; and ${more} more`}`;
  return ApplicationFailure.create({ type: 'InvalidInput', message, nonRetryable: true, details });
}
