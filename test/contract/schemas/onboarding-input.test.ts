import { describe, expect, test } from 'vitest';

import { offboardingInputSchema } from '../../../src/contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../../../src/contract/schemas/onboarding-input.ts';
import type { OnboardingInput, ParsedOnboardingInput } from '../../../src/contract/schemas/onboarding-input.ts';
import { parse } from '../../../src/contract/schemas/parse.ts';
import type { Problem } from '../../../src/contract/schemas/parse.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const minimal = { accountId, emailDomain: 'example.com' };

const complete = {
  ...minimal,
  useFedrampLanguage: true,
  enablement: 'after-approval',
  approval: { remindEverySeconds: 60, expireSeconds: 600 },
  confirmWithinSeconds: 300,
  callbackUrl: 'https://itsm.example.com/events',
  dnsProvider: 'manual',
  deadlineSeconds: 3600,
  propagationCheck: 'off',
} as const satisfies OnboardingInput;

/** What `minimal` comes to. */
const defaults = {
  enablement: 'automatic',
  approval: { remindEverySeconds: 86_400, expireSeconds: 604_800 },
  deadlineSeconds: 604_800,
  propagationCheck: 'authoritative',
} as const;

function accept(candidate: unknown): ParsedOnboardingInput {
  const parsed = parse(onboardingInputSchema, candidate);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

function refuse(candidate: unknown): Problem[] {
  const parsed = parse(onboardingInputSchema, candidate);
  if (parsed.ok) throw new Error(`accepted as ${JSON.stringify(parsed.value)}`);
  return parsed.problems;
}

describe('a valid input', () => {
  test('needs an account and a domain, and has a default for everything else but what belongs to the worker', () => {
    expect(accept(minimal)).toStrictEqual({ ...minimal, ...defaults });
  });

  test('keeps each field that it has', () => {
    expect(accept(complete)).toStrictEqual(complete);
  });

  test('may give a part of a group, and gets the defaults of the rest', () => {
    const input = { ...minimal, approval: { expireSeconds: 60 } };
    expect(accept(input).approval).toStrictEqual({ remindEverySeconds: 86_400, expireSeconds: 60 });
  });

  test('keeps what is false', () => {
    expect(accept({ ...minimal, useFedrampLanguage: false }).useFedrampLanguage).toBe(false);
  });

  test('is unchanged when it is checked again', () => {
    expect(accept(accept(minimal))).toStrictEqual(accept(minimal));
  });

  test('is the same after JSON', () => {
    expect(accept(JSON.parse(JSON.stringify(complete)))).toStrictEqual(complete);
  });

  test('is not changed by being checked', () => {
    const candidate = { ...minimal, emailDomain: 'Example.COM.' };
    accept(candidate);
    expect(candidate.emailDomain).toBe('Example.COM.');
  });

  test.each([
    ['Example.COM', 'example.com'],
    ['example.com.', 'example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
  ])('has its domain %s in the normal form %s', (emailDomain, normal) => {
    expect(accept({ ...minimal, emailDomain }).emailDomain).toBe(normal);
  });

  test('is the same whichever way its domain is written, so that two inputs can be compared', () => {
    expect(accept({ ...complete, emailDomain: 'EXAMPLE.com.' })).toStrictEqual(accept(complete));
  });
});

describe('an invalid input', () => {
  test.each<[string, unknown, string]>([
    ['null', null, 'expected object, received null'],
    ['nothing', undefined, 'expected object, received undefined'],
    ['an array', [minimal], 'expected object, received array'],
    ['a string', JSON.stringify(minimal), 'expected object, received string'],
    ['a number', 7, 'expected object, received number'],
  ])('is refused as a whole when it is %s', (_, candidate, problem) => {
    expect(refuse(candidate)).toEqual([
      {
        subject: 'input',
        problem: expect.stringContaining(problem) as unknown,
        remedy: 'correct the input and start again; docs/schemas describes its fields',
      },
    ]);
  });

  test.each<[string, Record<string, unknown>, string, RegExp]>([
    ['a field of a later version', { offboardAfterSeconds: 1 }, 'input', /"offboardAfterSeconds"/u],
    ['an unknown enablement', { enablement: 'never' }, 'enablement', /"automatic"\|"after-approval"/u],
    ['a window of nothing', { confirmWithinSeconds: 0 }, 'confirmWithinSeconds', />0/u],
    ['a call-back that is no URL', { callbackUrl: 'itsm.example.com' }, 'callbackUrl', /URL/u],
    ['a call-back over another protocol', { callbackUrl: 'ftp://itsm.example.com' }, 'callbackUrl', /URL/u],
    [
      'a call-back with a password',
      { callbackUrl: 'https://me:secret@itsm.example.com' },
      'callbackUrl',
      /without a user/u,
    ],
    ['a call-back with a space', { callbackUrl: 'https://itsm.example.com/a b' }, 'callbackUrl', /URL/u],
    ['a call-back to no host', { callbackUrl: 'https://[itsm]/' }, 'callbackUrl', /URL/u],
    ['a misspelt field', { emaildomain: 'example.com' }, 'input', /"emaildomain"/u],
    ['an account id that is a number', { accountId: 7 }, 'accountId', /^must be a string$/u],
    ['an account id that is null', { accountId: null }, 'accountId', /^must be a string$/u],
    ['an account id that is too short', { accountId: '0123' }, 'accountId', /32 hexadecimal/u],
    ['an account id that is too long', { accountId: `${accountId}0` }, 'accountId', /32 hexadecimal/u],
    ['an account id in capitals', { accountId: accountId.toUpperCase() }, 'accountId', /in lower case/u],
    ['an account id with a line break', { accountId: `${accountId}\n` }, 'accountId', /32 hexadecimal/u],
    ['an account id with a slash', { accountId: `${accountId.slice(1)}/` }, 'accountId', /32 hexadecimal/u],
    ['a domain that is a list', { emailDomain: ['example.com'] }, 'emailDomain', /^must be a string$/u],
    ['a domain that is null', { emailDomain: null }, 'emailDomain', /^must be a string$/u],
    ['a flag that is a text', { useFedrampLanguage: 'true' }, 'useFedrampLanguage', /expected boolean/u],
    ['a flag that is null', { useFedrampLanguage: null }, 'useFedrampLanguage', /expected boolean/u],
    [
      'an unknown DNS provider',
      { dnsProvider: 'azure' },
      'dnsProvider',
      /"auto"\|"cloudflare"\|"rfc2136"\|"route53"\|"manual"/u,
    ],
    ['a deadline that is a text', { deadlineSeconds: '7 days' }, 'deadlineSeconds', /expected number/u],
    ['a deadline of nothing', { deadlineSeconds: 0 }, 'deadlineSeconds', />0/u],
    ['a deadline in the past', { deadlineSeconds: -1 }, 'deadlineSeconds', />0/u],
    ['a deadline that is not a number', { deadlineSeconds: Number.NaN }, 'deadlineSeconds', /expected number/u],
    ['a deadline without an end', { deadlineSeconds: Number.POSITIVE_INFINITY }, 'deadlineSeconds', /expected number/u],
    ['a deadline of more than a year', { deadlineSeconds: 31_536_001 }, 'deadlineSeconds', /<=31536000/u],
    ["retry timings, which are the worker's", { pace: { attemptSeconds: 1 } }, 'input', /"pace"/u],
    ["polling, which is the worker's", { polling: { maxSeconds: 60 } }, 'input', /"polling"/u],
    ['an unknown field of approval', { approval: { by: 'alex' } }, 'approval', /"by"/u],
    ['too many reminders', { approval: { remindEverySeconds: 1 } }, 'approval', /more than 400 reminders/u],
    ['an unknown propagation check', { propagationCheck: 'resolvers' }, 'propagationCheck', /"authoritative"/u],
  ])('is refused for %s', (_, changes, subject, problem) => {
    expect(refuse({ ...minimal, ...changes })).toEqual([
      {
        subject,
        problem: expect.stringMatching(problem) as unknown,
        remedy: 'correct the input and start again; docs/schemas describes its fields',
      },
    ]);
  });

  test.each([
    ['accountId', { emailDomain: 'example.com' }],
    ['emailDomain', { accountId }],
  ])('is refused without %s', (subject, candidate) => {
    expect(refuse(candidate)).toEqual([
      {
        subject,
        problem: 'is missing',
        remedy: 'correct the input and start again; docs/schemas describes its fields',
      },
    ]);
  });

  test.each([
    ['a public mail provider', 'gmail.com', /public mail provider/u, /your company owns/u],
    ['an academic domain', 'example.edu', /below \.edu/u, /your company owns/u],
    ['a public suffix', 'co.uk', /public suffix/u, /your-company\.co\.uk/u],
    ['an e-mail address', 'admin@example.com', /e-mail address/u, /Enter example\.com alone/u],
    ['an address of the web', 'https://example.com/', /contains/u, /Enter example\.com alone/u],
    ['an IP address', '192.0.2.1', /IP address/u, /such as example\.com/u],
    ['nothing', '', /is empty/u, /such as example\.com/u],
  ])('is refused for a domain that is %s, with a remedy of its own', (_, emailDomain, problem, remedy) => {
    expect(refuse({ ...minimal, emailDomain })).toEqual([
      {
        subject: 'emailDomain',
        problem: expect.stringMatching(problem) as unknown,
        remedy: expect.stringMatching(remedy) as unknown,
      },
    ]);
  });

  test('has every problem listed at once', () => {
    const problems = refuse({
      accountId: 'x',
      emailDomain: 'gmail.com',
      dnsProvider: 'azure',
      deadlineSeconds: -1,
      propagationCheck: 'resolvers',
      approval: { expireSeconds: null },
      offboardAfterSeconds: 1,
      somethingElse: 60,
    });
    expect(problems.map(({ subject }) => subject).toSorted()).toEqual([
      'accountId',
      'approval.expireSeconds',
      'deadlineSeconds',
      'dnsProvider',
      'emailDomain',
      'input',
      'propagationCheck',
    ]);
    expect(problems.find(({ subject }) => subject === 'input')?.problem).toMatch(
      /"offboardAfterSeconds".*"somethingElse"/u,
    );
  });
});

test('an off-boarding has its own defaults, and no field of an onboarding', () => {
  const { enablement: _, propagationCheck: __, ...shared } = defaults;
  expect(parse(offboardingInputSchema, minimal)).toStrictEqual({
    ok: true,
    value: { ...minimal, ...shared, disablement: 'automatic' },
  });
  const parsed = parse(offboardingInputSchema, { ...minimal, enablement: 'automatic' });
  expect(parsed.ok ? [] : parsed.problems.map(({ problem }) => problem)).toEqual(['Unrecognized key: "enablement"']);
});
