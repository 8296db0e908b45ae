/**
 * The contract's input, checked: every field, every default, every problem listed at once. For clients and activities;
 * too heavy for the workflow bundle.
 */
import { z } from 'zod';
import { dnsProviderChoices, enablements } from '../old-contract.ts';
import type {
  Approval,
  DnsProviderChoice,
  OnboardingInput,
  OnboardingSettings,
  Optional,
  Pace,
  StorySettings,
} from '../old-contract.ts';
import { disablements } from '../old-offboarding.ts';
import type { OffboardingInput, OffboardingSettings } from '../old-offboarding.ts';
import { completePace } from '../../decisions/timings.ts';
import { normaliseEmailDomain } from '../../domains/email-domain.ts';
import { exactly } from '../../exactly.ts';
import { parseBy } from './parse.ts';
import type { Parsed } from './parse.ts';

const days = 86_400;
/** Temporal cannot hold a timer for longer than this, and nobody waits for a year. */
const longest = 365 * days;

/** Optional, with what it is good for. */
function seconds(what: string) {
  return z.number().positive().max(longest).optional().describe(what);
}

function missingOrNoText({ input }: { input?: unknown }): string {
  return input === undefined ? 'is missing' : 'must be a text';
}

const emailDomain = z
  .string({ error: missingOrNoText })
  .describe(
    'The part of the e-mail addresses after the @, in any case or script. Which domains are fit is checked by the worker: no public mail provider, no public suffix, not .edu, a host name',
  )
  .transform((text, context) => {
    const result = normaliseEmailDomain(text);
    if (result.ok) return result.emailDomain;
    context.issues.push({ code: 'custom', input: text, message: result.reason, params: { remedy: result.remedy } });
    return z.NEVER;
  });

/** Cloudflare's identifiers are 32 hexadecimal characters. */
export const accountIdPattern = /^[0-9a-f]{32}$/u;

const accountId = z
  .string({ error: missingOrNoText })
  .regex(accountIdPattern, 'must be the 32 hexadecimal characters of a Cloudflare account id, in lower case')
  .describe('The Cloudflare account: 32 hexadecimal characters in lower case');

const urlNeeded = 'must be a URL such as https://itsm.example.com/sso-events, without a user name or password';

/** The input stands in the history for everybody to see, and no client would take a URL with a password in it. */
const callbackUrl = z
  .string()
  .regex(/^https?:\/\/[^\s@/?#\\]+(?:[/?#]\S*)?$/u, { error: urlNeeded, abort: true })
  .refine((text) => URL.canParse(text), { error: urlNeeded });

/** Each reminder is a part of the run's history, which the server bounds. */
const mostReminders = 400;

/** What the inputs of both stories have. */
const storyFields = {
  accountId,
  emailDomain,
  approval: z
    .strictObject({
      remindEverySeconds: seconds('How often whoever is asked is asked again; default a day'),
      expireSeconds: seconds('No answer by then is a no; default a week. At most 400 times as long'),
    })
    .refine(
      ({ remindEverySeconds = days, expireSeconds = 7 * days }) => expireSeconds <= mostReminders * remindEverySeconds,
      { error: `would remind more than ${mostReminders} times: raise remindEverySeconds, or lower expireSeconds` },
    )
    .optional()
    .describe('How approval is asked for'),
  callbackUrl: callbackUrl
    .optional()
    .describe("Gets a signed event at each outcome and when a human is needed; one of the worker's origins"),
  deadlineSeconds: seconds('After that it gives up; default a week'),
  pace: z
    .strictObject({
      retryFirstSeconds: seconds('The first wait between tries, which then doubles; default 2'),
      retryMaxSeconds: seconds('The longest wait between tries; default 300'),
      authRetrySeconds: seconds('Between tries while the API token is refused in mid-run; default 300'),
      throttledSeconds: seconds('After a 429 that does not say how long to wait; default 300'),
      attemptSeconds: seconds('The longest that one try may take; default 60'),
      heartbeatSeconds: seconds('A try that is silent for longer is taken for dead; default 20'),
      undoRetrySeconds: seconds('Between tries of a step of the undo; default 60'),
    })
    .optional()
    .describe('Retries and time-outs'),
};

const beyondASchema =
  'Its one argument. Durations are in seconds. A worker checks more than a schema can say: whether the domain is fit, that there are no more than 400 reminders';

export const inputSchema = exactly<OnboardingInput>()(
  z
    .strictObject({
      ...storyFields,
      useFedrampLanguage: z
        .boolean()
        .optional()
        .describe("The connector's setting of that name; without it a new one gets Cloudflare's default"),
      enablement: z
        .enum(enablements)
        .optional()
        .describe('Whether a human has to approve before it is enabled; default automatic'),
      confirmWithinSeconds: seconds('Disable it again unless somebody confirms in time that they can log in'),
      dnsProvider: z
        .enum(dnsProviderChoices)
        .optional()
        .describe("Who publishes the TXT value; default: the worker's DNS_PROVIDER"),
      propagation: z
        .strictObject({
          check: z
            .enum(['authoritative', 'off'])
            .optional()
            .describe('off: DNS is not looked at; default authoritative'),
          maxSeconds: seconds(
            'How long to wait for the name servers before verification begins anyway; default an hour',
          ),
          refreshSeconds: seconds('How often they are asked again while Cloudflare looks; default half an hour'),
        })
        .optional()
        .describe('Our own look at the name servers'),
      polling: z
        .strictObject({
          firstSeconds: seconds('The shortest wait; default 5. Not above maxSeconds'),
          growth: z.number().min(0).max(10).optional().describe('The wait as a share of the time waited; default 0.1'),
          maxSeconds: seconds('The longest wait; default a quarter of an hour'),
        })
        .refine(({ firstSeconds = 0, maxSeconds = longest }) => firstSeconds <= maxSeconds, {
          error: 'firstSeconds must not be above maxSeconds',
        })
        .optional()
        .describe('How often to look'),
    })
    .meta({
      title: 'Input of the workflow onboardSsoConnector',
      description: `${beyondASchema}, and that polling.firstSeconds is not above polling.maxSeconds`,
    }),
);

export const offboardingInputSchema = exactly<OffboardingInput>()(
  z
    .strictObject({
      ...storyFields,
      disablement: z
        .enum(disablements)
        .optional()
        .describe('Whether a human has to approve before it is disabled; default automatic'),
    })
    .meta({ title: 'Input of the workflow offboardSsoConnector', description: beyondASchema }),
);

/** Checks an input from anywhere and brings its domain to normal form. Adds no defaults, so two inputs can be compared. */
export function parseInput(candidate: unknown): Parsed<OnboardingInput> {
  return parseBy(inputSchema, candidate);
}

/** The same for an off-boarding. */
export function parseOffboardingInput(candidate: unknown): Parsed<OffboardingInput> {
  return parseBy(offboardingInputSchema, candidate);
}

/** Fills in the defaults; one that would contradict what was asked for gives way. */
export function withDefaults(input: OnboardingInput, defaultProvider: DnsProviderChoice): OnboardingSettings {
  const { firstSeconds, growth, maxSeconds } = input.polling ?? {};
  return {
    ...toStorySettings(input),
    useFedrampLanguage: input.useFedrampLanguage ?? null,
    enablement: input.enablement ?? 'automatic',
    confirmWithinSeconds: input.confirmWithinSeconds ?? null,
    dnsProvider: input.dnsProvider ?? defaultProvider,
    propagation: {
      check: input.propagation?.check ?? 'authoritative',
      maxSeconds: input.propagation?.maxSeconds ?? 3600,
      refreshSeconds: input.propagation?.refreshSeconds ?? 1800,
    },
    polling: {
      firstSeconds: firstSeconds ?? Math.min(5, maxSeconds ?? 5),
      growth: growth ?? 0.1,
      maxSeconds: maxSeconds ?? Math.max(900, firstSeconds ?? 900),
    },
  };
}

/** The same for an off-boarding. */
export function withOffboardingDefaults(input: OffboardingInput): OffboardingSettings {
  return { ...toStorySettings(input), disablement: input.disablement ?? 'automatic' };
}

interface StoryInput {
  accountId: string;
  emailDomain: string;
  approval?: Optional<Approval> | undefined;
  callbackUrl?: string | undefined;
  deadlineSeconds?: number | undefined;
  pace?: Optional<Pace> | undefined;
}

function toStorySettings(input: StoryInput): StorySettings {
  return {
    accountId: input.accountId,
    emailDomain: input.emailDomain,
    approval: {
      remindEverySeconds: input.approval?.remindEverySeconds ?? days,
      expireSeconds: input.approval?.expireSeconds ?? 7 * days,
    },
    callbackUrl: input.callbackUrl ?? null,
    deadlineSeconds: input.deadlineSeconds ?? 7 * days,
    pace: completePace(input.pace),
  };
}
