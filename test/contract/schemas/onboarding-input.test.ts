import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Polling } from '../../../src/contract/old-contract.ts';
import { parseInput, parseOffboardingInput, withDefaults } from '../../../src/contract/schemas/onboarding-input.ts';
import type { OnboardingInput } from '../../../src/contract/schemas/onboarding-input.ts';
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
  propagation: { check: 'off', maxSeconds: 60, refreshSeconds: 600 },
  polling: { firstSeconds: 1, growth: 0.5, maxSeconds: 30 },
  pace: {
    retryFirstSeconds: 0.1,
    retryMaxSeconds: 1,
    authRetrySeconds: 2,
    throttledSeconds: 3,
    attemptSeconds: 4,
    heartbeatSeconds: 5,
    undoRetrySeconds: 6,
  },
} as const satisfies OnboardingInput;

function accept(candidate: unknown): OnboardingInput {
  const parsed = parseInput(candidate);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.input;
}

function refuse(candidate: unknown): Problem[] {
  const parsed = parseInput(candidate);
  if (parsed.ok) throw new Error(`accepted as ${JSON.stringify(parsed.input)}`);
  return parsed.problems;
}

describe('an input that is right', () => {
  test('needs an account and a domain, and gets no defaults added', () => {
    expect(accept(minimal)).toStrictEqual(minimal);
  });

  test('keeps each field that it has', () => {
    expect(accept(complete)).toStrictEqual(complete);
  });

  test('may give a part of a group, which stays a part', () => {
    const input = { ...minimal, propagation: { maxSeconds: 60 }, polling: { growth: 0 }, pace: { attemptSeconds: 1 } };
    expect(accept(input)).toStrictEqual(input);
  });

  test('survives the trip through JSON that every client sends it on', () => {
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
  ])('has its domain %s brought to its normal form %s', (emailDomain, normal) => {
    expect(accept({ ...minimal, emailDomain })).toStrictEqual({ accountId, emailDomain: normal });
  });

  test('is the same whichever way its domain is written, so that two inputs can be compared', () => {
    expect(accept({ ...complete, emailDomain: 'EXAMPLE.com.' })).toStrictEqual(accept(complete));
  });
});

describe('an input that is wrong', () => {
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
        remedy: 'correct the input and start again; its fields are in docs/schemas',
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
    ['an unknown field of polling', { polling: { everySeconds: 1 } }, 'polling', /"everySeconds"/u],
    ['an unknown field of propagation', { propagation: { resolvers: [] } }, 'propagation', /"resolvers"/u],
    ['an unknown field of pace', { pace: { undoMaxSeconds: 1 } }, 'pace', /"undoMaxSeconds"/u],
    ['an account id that is a number', { accountId: 7 }, 'accountId', /^must be a text$/u],
    ['an account id that is null', { accountId: null }, 'accountId', /^must be a text$/u],
    ['an account id that is too short', { accountId: '0123' }, 'accountId', /32 hexadecimal/u],
    ['an account id that is too long', { accountId: `${accountId}0` }, 'accountId', /32 hexadecimal/u],
    ['an account id in capitals', { accountId: accountId.toUpperCase() }, 'accountId', /in lower case/u],
    ['an account id with a line break', { accountId: `${accountId}\n` }, 'accountId', /32 hexadecimal/u],
    ['an account id with a slash', { accountId: `${accountId.slice(1)}/` }, 'accountId', /32 hexadecimal/u],
    ['a domain that is a list', { emailDomain: ['example.com'] }, 'emailDomain', /^must be a text$/u],
    ['a domain that is null', { emailDomain: null }, 'emailDomain', /^must be a text$/u],
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
    ['a propagation that is a text', { propagation: 'off' }, 'propagation', /expected object/u],
    ['an unknown propagation check', { propagation: { check: 'resolvers' } }, 'propagation.check', /"authoritative"/u],
    ['a propagation wait of nothing', { propagation: { maxSeconds: 0 } }, 'propagation.maxSeconds', />0/u],
    ['a first wait of nothing', { polling: { firstSeconds: 0 } }, 'polling.firstSeconds', />0/u],
    ['a longest wait of nothing', { polling: { maxSeconds: 0 } }, 'polling.maxSeconds', />0/u],
    ['a growth below nothing', { polling: { growth: -0.1 } }, 'polling.growth', />=0/u],
    ['a growth that leaps', { polling: { growth: 11 } }, 'polling.growth', /<=10/u],
    [
      'a first wait above the longest',
      { polling: { firstSeconds: 10, maxSeconds: 5 } },
      'polling',
      /firstSeconds must not be above maxSeconds/u,
    ],
    ['a first retry of nothing', { pace: { retryFirstSeconds: 0 } }, 'pace.retryFirstSeconds', />0/u],
    ['a longest retry of nothing', { pace: { retryMaxSeconds: 0 } }, 'pace.retryMaxSeconds', />0/u],
    ['a retry after refusal of nothing', { pace: { authRetrySeconds: 0 } }, 'pace.authRetrySeconds', />0/u],
    ['a throttled wait of nothing', { pace: { throttledSeconds: 0 } }, 'pace.throttledSeconds', />0/u],
    ['an attempt of nothing', { pace: { attemptSeconds: 0 } }, 'pace.attemptSeconds', />0/u],
    ['a heartbeat of nothing', { pace: { heartbeatSeconds: 0 } }, 'pace.heartbeatSeconds', />0/u],
    ['a retry of the undo of nothing', { pace: { undoRetrySeconds: 0 } }, 'pace.undoRetrySeconds', />0/u],
  ])('is refused for %s', (_, changes, subject, problem) => {
    expect(refuse({ ...minimal, ...changes })).toEqual([
      {
        subject,
        problem: expect.stringMatching(problem) as unknown,
        remedy: 'correct the input and start again; its fields are in docs/schemas',
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
        remedy: 'correct the input and start again; its fields are in docs/schemas',
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

  test('is told everything that is wrong with it at once', () => {
    const problems = refuse({
      accountId: 'x',
      emailDomain: 'gmail.com',
      dnsProvider: 'azure',
      deadlineSeconds: -1,
      propagation: { check: 'resolvers', maxSeconds: 0 },
      polling: { growth: 'fast' },
      pace: { attemptSeconds: null },
      offboardAfterSeconds: 1,
      somethingElse: 60,
    });
    expect(problems.map(({ subject }) => subject).toSorted()).toEqual([
      'accountId',
      'deadlineSeconds',
      'dnsProvider',
      'emailDomain',
      'input',
      'pace.attemptSeconds',
      'polling.growth',
      'propagation.check',
      'propagation.maxSeconds',
    ]);
    expect(problems.find(({ subject }) => subject === 'input')?.problem).toMatch(
      /"offboardAfterSeconds".*"somethingElse"/u,
    );
  });
});

describe('the settings of a run', () => {
  test('have a default for everything but the account and the domain', () => {
    expect(withDefaults(minimal, 'cloudflare')).toStrictEqual({
      ...minimal,
      useFedrampLanguage: null,
      enablement: 'automatic',
      approval: { remindEverySeconds: 86_400, expireSeconds: 604_800 },
      confirmWithinSeconds: null,
      callbackUrl: null,
      dnsProvider: 'cloudflare',
      deadlineSeconds: 604_800,
      propagation: { check: 'authoritative', maxSeconds: 3600, refreshSeconds: 1800 },
      polling: { firstSeconds: 5, growth: 0.1, maxSeconds: 900 },
      pace: {
        retryFirstSeconds: 2,
        retryMaxSeconds: 300,
        authRetrySeconds: 300,
        throttledSeconds: 300,
        attemptSeconds: 60,
        heartbeatSeconds: 20,
        undoRetrySeconds: 60,
      },
    });
  });

  test('take the DNS provider of the worker where the input names none', () => {
    expect(withDefaults(minimal, 'manual').dnsProvider).toBe('manual');
    expect(withDefaults({ ...minimal, dnsProvider: 'cloudflare' }, 'manual').dnsProvider).toBe('cloudflare');
  });

  test('keep everything that the input says', () => {
    expect(withDefaults(complete, 'cloudflare')).toStrictEqual(complete);
  });

  test('keep what is false or nothing, which is not the same as not said', () => {
    const settings = withDefaults({ ...minimal, useFedrampLanguage: false, polling: { growth: 0 } }, 'cloudflare');
    expect(settings.useFedrampLanguage).toBe(false);
    expect(settings.polling).toStrictEqual({ firstSeconds: 5, growth: 0, maxSeconds: 900 });
  });

  test.each<[string, Partial<Polling>, Polling]>([
    ['a first wait above the longest', { firstSeconds: 1000 }, { firstSeconds: 1000, growth: 0.1, maxSeconds: 1000 }],
    ['a longest wait below the first', { maxSeconds: 1 }, { firstSeconds: 1, growth: 0.1, maxSeconds: 1 }],
    ['a first wait below the longest', { firstSeconds: 60 }, { firstSeconds: 60, growth: 0.1, maxSeconds: 900 }],
    ['a longest wait above the first', { maxSeconds: 60 }, { firstSeconds: 5, growth: 0.1, maxSeconds: 60 }],
  ])('have a default that gives way where it must: %s', (_, polling, expected) => {
    expect(withDefaults({ ...minimal, polling }, 'cloudflare').polling).toStrictEqual(expected);
  });

  test('never wait longer at first than at most, keep what was asked for, and are an input themselves', () => {
    const seconds = fc.double({ min: 0.001, max: 31_536_000, noNaN: true });
    const wanted = fc.record(
      { firstSeconds: seconds, growth: fc.constant(0.5), maxSeconds: seconds },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(wanted, (polling) => {
        fc.pre(parseInput({ ...minimal, polling }).ok);
        const settings = withDefaults({ ...minimal, polling }, 'cloudflare');
        expect(settings.polling).toMatchObject(polling);
        expect(settings.polling.firstSeconds).toBeLessThanOrEqual(settings.polling.maxSeconds);
        accept({ ...minimal, polling: settings.polling });
      }),
    );
  });
});

test('an off-boarding, which waits for no looks, has no polling to set', () => {
  expect(parseOffboardingInput({ ...minimal, disablement: 'after-approval' }).ok).toBe(true);
  const parsed = parseOffboardingInput({ ...minimal, polling: { maxSeconds: 60 } });
  expect(parsed.ok ? [] : parsed.problems.map(({ problem }) => problem)).toEqual(['Unrecognized key: "polling"']);
});
