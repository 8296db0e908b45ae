/**
 * The contract's input, checked: every field, every default, every problem listed at once. For clients and activities;
 * too heavy for the workflow bundle.
 */
import { z } from 'zod';
import { dnsProviderChoices, enablements } from './contract.ts';
import type { DnsProviderChoice, OnboardingInput, OnboardingSettings, Problem } from './contract.ts';
import { normaliseEmailDomain } from './domains/email-domain.ts';

const days = 86_400;
/** Temporal cannot hold a timer for longer than this, and nobody waits for a year. */
const longest = 365 * days;
const seconds = z.number().positive().max(longest);

function missingOrNoText({ input }: { input?: unknown }): string {
  return input === undefined ? 'is missing' : 'must be a text';
}

const emailDomain = z.string({ error: missingOrNoText }).transform((text, context) => {
  const result = normaliseEmailDomain(text);
  if (result.ok) return result.emailDomain;
  context.issues.push({ code: 'custom', input: text, message: result.reason, params: { remedy: result.remedy } });
  return z.NEVER;
});

/** Cloudflare's identifiers are 32 hexadecimal characters. */
const accountId = z
  .string({ error: missingOrNoText })
  .regex(/^[0-9a-f]{32}$/u, 'must be the 32 hexadecimal characters of a Cloudflare account id, in lower case');

export const inputSchema = z.strictObject({
  accountId,
  emailDomain,
  useFedrampLanguage: z.boolean().optional(),
  enablement: z.enum(enablements).optional(),
  approval: z.strictObject({ remindEverySeconds: seconds, expireSeconds: seconds }).partial().optional(),
  confirmWithinSeconds: seconds.optional(),
  callbackUrl: z.url({ protocol: /^https?$/u }).optional(),
  dnsProvider: z.enum(dnsProviderChoices).optional(),
  deadlineSeconds: seconds.optional(),
  propagation: z
    .strictObject({ check: z.enum(['authoritative', 'off']), maxSeconds: seconds, refreshSeconds: seconds })
    .partial()
    .optional(),
  polling: z
    .strictObject({ firstSeconds: seconds, growth: z.number().min(0).max(10), maxSeconds: seconds })
    .partial()
    .refine(({ firstSeconds = 0, maxSeconds = longest }) => firstSeconds <= maxSeconds, {
      error: 'firstSeconds must not be above maxSeconds',
    })
    .optional(),
  pace: z
    .strictObject({
      retryFirstSeconds: seconds,
      retryMaxSeconds: seconds,
      authRetrySeconds: seconds,
      throttledSeconds: seconds,
      attemptSeconds: seconds,
      heartbeatSeconds: seconds,
      undoRetrySeconds: seconds,
    })
    .partial()
    .optional(),
});

export type ParsedInput = { ok: true; input: OnboardingInput } | { ok: false; problems: Problem[] };

/** Checks an input from anywhere and brings its domain to normal form. Adds no defaults, so two inputs can be compared. */
export function parseInput(candidate: unknown): ParsedInput {
  const parsed = inputSchema.safeParse(candidate);
  if (parsed.success) return { ok: true, input: parsed.data };
  return { ok: false, problems: parsed.error.issues.map((issue) => toProblem(issue)) };
}

/** What is wrong at one place of an input, and what to do about it. */
export function toProblem(issue: z.core.$ZodIssue): Problem {
  const remedy: unknown = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  return {
    subject: issue.path.length > 0 ? issue.path.join('.') : 'input',
    problem: issue.message,
    remedy:
      typeof remedy === 'string' ? remedy : 'correct the input and start again; its fields are in src/contract.ts',
  };
}

/** Fills in the defaults; one that would contradict what was asked for gives way. */
export function withDefaults(input: OnboardingInput, defaultProvider: DnsProviderChoice): OnboardingSettings {
  const { firstSeconds, growth, maxSeconds } = input.polling ?? {};
  return {
    accountId: input.accountId,
    emailDomain: input.emailDomain,
    useFedrampLanguage: input.useFedrampLanguage ?? null,
    enablement: input.enablement ?? 'automatic',
    approval: {
      remindEverySeconds: input.approval?.remindEverySeconds ?? days,
      expireSeconds: input.approval?.expireSeconds ?? 7 * days,
    },
    confirmWithinSeconds: input.confirmWithinSeconds ?? null,
    callbackUrl: input.callbackUrl ?? null,
    dnsProvider: input.dnsProvider ?? defaultProvider,
    deadlineSeconds: input.deadlineSeconds ?? 7 * days,
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
    pace: {
      retryFirstSeconds: input.pace?.retryFirstSeconds ?? 2,
      retryMaxSeconds: input.pace?.retryMaxSeconds ?? 300,
      authRetrySeconds: input.pace?.authRetrySeconds ?? 300,
      throttledSeconds: input.pace?.throttledSeconds ?? 300,
      attemptSeconds: input.pace?.attemptSeconds ?? 60,
      heartbeatSeconds: input.pace?.heartbeatSeconds ?? 20,
      undoRetrySeconds: input.pace?.undoRetrySeconds ?? 60,
    },
  };
}
