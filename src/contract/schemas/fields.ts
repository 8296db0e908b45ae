/** Fields that several inputs share. Durations are numbers of seconds, so that any language can write them. */
import { z } from 'zod';

import { normaliseEmailDomain } from '../../domains/email-domain.ts';
import { accountIdPattern } from '../names/ids.ts';
import { maxReminders } from '../names/vocabulary.ts';

const daySeconds = 86_400;
/** Shorter than the longest timer of Temporal, and longer than anybody waits. */
const longestSeconds = 365 * daySeconds;

export function seconds(description: string) {
  return z.number().positive().max(longestSeconds).describe(description);
}

function missingOrNotString({ input }: { input?: unknown }): string {
  return input === undefined ? 'is missing' : 'must be a string';
}

export const accountIdSchema = z
  .string({ error: missingOrNotString })
  .regex(accountIdPattern, 'must be the 32 hexadecimal characters of a Cloudflare account id, in lower case')
  .describe('The Cloudflare account: 32 hexadecimal characters in lower case');

/** Parses to the domain in normal form. */
export const emailDomain = z
  .string({ error: missingOrNotString })
  .describe(
    'The part of the e-mail addresses after the @, in any case or script; not a public mail provider, a public suffix or a .edu domain',
  )
  .transform((text, context) => {
    const result = normaliseEmailDomain(text);
    if (result.ok) return result.emailDomain;
    context.issues.push({ code: 'custom', input: text, message: result.reason, params: { remedy: result.remedy } });
    return z.NEVER;
  });

const urlNeeded = 'must be a URL such as https://itsm.example.com/sso-events, without a user name or password';

/** The input is stored in the history, where everybody can read it; no HTTP client accepts a URL with a password. */
export const callbackUrl = z
  .string()
  .regex(/^https?:\/\/[^\s@/?#\\]+(?:[/?#]\S*)?$/u, { error: urlNeeded, abort: true })
  .refine((text) => URL.canParse(text), { error: urlNeeded })
  .describe(
    "Receives a signed event at each outcome and when a person is needed; one of the worker's CALLBACK_ORIGINS",
  );

export const approvalSettings = z
  .strictObject({
    remindEverySeconds: seconds('How often a reminder is sent').default(daySeconds),
    expireSeconds: seconds(
      `Without an answer by then the change is rejected; at most ${maxReminders} reminders`,
    ).default(7 * daySeconds),
  })
  .refine(({ remindEverySeconds, expireSeconds }) => expireSeconds <= maxReminders * remindEverySeconds, {
    error: `would send more than ${maxReminders} reminders: raise remindEverySeconds, or lower expireSeconds`,
  })
  .describe('How approval is asked for');
export type ApprovalSettings = z.output<typeof approvalSettings>;

export const defaultDeadlineSeconds = 7 * daySeconds;
export const deadlineSeconds = seconds(
  'The run gives up after this time; time spent waiting for people does not count',
);

/** The fields of both workflows of a domain. */
export const domainFields = {
  accountId: accountIdSchema,
  emailDomain,
  approval: approvalSettings.prefault({}),
  callbackUrl: callbackUrl.optional(),
  deadlineSeconds: deadlineSeconds.default(defaultDeadlineSeconds),
};

export const inputDescription = 'The only argument. Durations are in seconds.';

const text = z.string();
/** ISO 8601, as `Date.prototype.toISOString` writes it. */
export const time = z.iso.datetime();

/** The fields that every answer about a domain has. */
export const domainOutputFields = {
  accountId: text.describe('The Cloudflare account'),
  emailDomain: text.describe('In normal form'),
};
