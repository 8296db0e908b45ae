import { readdir, readFile } from 'node:fs/promises';

import type { WorkflowHandle } from '@temporalio/client';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';

import { approveUpdate, confirmUpdate } from '../../src/contract/handlers.ts';
import { dnsProviderChoices, enablements, propagationChecks } from '../../src/contract/names/vocabulary.ts';
import { buildJsonSchemas } from '../../scripts/json-schemas.ts';
import { onboardingInputSchema } from '../../src/contract/schemas/onboarding-input.ts';
import type { OnboardingInput } from '../../src/contract/schemas/onboarding-input.ts';
import { onboardingResultSchema, onboardingStatusSchema } from '../../src/contract/schemas/onboarding-status.ts';
import { parse } from '../../src/contract/schemas/parse.ts';
import { createWorld } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import { endingOf } from '../workflows/endings.ts';

const folder = new URL('../../docs/schemas/', import.meta.url);

/** As somebody who has nothing but the file. */
async function readValidator(name: string): Promise<ValidateFunction> {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
  addFormats.default(ajv);
  return ajv.compile(await readSchema(name));
}

async function readSchema(name: string): Promise<object> {
  return z.looseObject({}).parse(JSON.parse(await readFile(new URL(`${name}.schema.json`, folder), 'utf8')));
}

/** What is wrong with it, as it goes over the wire. */
function errorsOf(validate: ValidateFunction, value: unknown): string[] {
  validate(plain(value));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('the files in docs/schemas/', () => {
  it('are what the code says, all of them and no others: otherwise run "npm run docs"', async () => {
    const built = buildJsonSchemas();
    expect((await readdir(folder)).toSorted()).toEqual(
      Object.keys(built)
        .map((name) => `${name}.schema.json`)
        .toSorted(),
    );
    for (const [name, schema] of Object.entries(built)) expect(await readSchema(name)).toEqual(plain(schema));
  });

  it.each(Object.keys(buildJsonSchemas()))('%s has a title, an id, and a description of every field', async (name) => {
    const schema = await readSchema(name);
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:cloudflare-sso-onboarding:${name}`,
    });
    const { title, description } = z.object({ title: z.string(), description: z.string() }).parse(schema);
    expect([title, description]).not.toContain('');
    expect(undescribed(schema)).toEqual([]);
  });
});

/** The paths of fields without a description. */
function undescribed(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, inner]: [string, unknown]) => {
    if (key !== 'properties' || typeof inner !== 'object' || inner === null) return undescribed(inner, path);
    return Object.entries(inner).flatMap(([field, described]: [string, unknown]) => {
      const here = `${path}/${field}`;
      const isDescribed = z.looseObject({ description: z.string().min(1) }).safeParse(described).success;
      return [...(isDescribed ? [] : [here]), ...undescribed(described, here)];
    });
  });
}

const accountId = '0123456789abcdef0123456789abcdef';
const seconds = fc.oneof(fc.double({ min: 0, max: 40_000_000 }), fc.constantFrom(0.1, 1, 3600, 31_536_000));
const odd = fc.oneof(fc.anything(), fc.constant(undefined));
/** Most fields right, some of them anything. */
const candidates = fc.record(
  {
    accountId: fc.oneof({ weight: 9, arbitrary: fc.stringMatching(/^[0-9a-f]{32}$/u) }, odd),
    emailDomain: fc.oneof(
      { weight: 9, arbitrary: fc.oneof(fc.domain(), fc.constantFrom('example.com', 'EXAMPLE.com.', 'bücher.example')) },
      odd,
    ),
    useFedrampLanguage: fc.oneof({ weight: 9, arbitrary: fc.boolean() }, odd),
    enablement: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...enablements) }, odd),
    approval: sometimes({ remindEverySeconds: seconds, expireSeconds: seconds }),
    confirmWithinSeconds: fc.oneof({ weight: 9, arbitrary: seconds }, odd),
    callbackUrl: fc.oneof({ weight: 9, arbitrary: fc.webUrl({ withFragments: true, withQueryParameters: true }) }, odd),
    dnsProvider: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...dnsProviderChoices) }, odd),
    deadlineSeconds: fc.oneof({ weight: 9, arbitrary: seconds }, odd),
    propagationCheck: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...propagationChecks) }, odd),
    more: odd,
    __proto__: odd,
  },
  { requiredKeys: ['accountId', 'emailDomain'] },
);

function sometimes(fields: Record<string, fc.Arbitrary<unknown>>) {
  return fc.oneof({ weight: 9, arbitrary: fc.record(fields, { requiredKeys: [] }) }, odd);
}

describe('the schema of the input', () => {
  test('takes every input that a worker takes', async () => {
    const validate = await readValidator('onboarding-input');
    let taken = 0;
    fc.assert(
      fc.property(candidates, (candidate) => {
        // As a client in another language would send it.
        const sent = JSON.stringify(candidate);
        const input: unknown = JSON.parse(sent);
        const parsed = parse(onboardingInputSchema, input);
        if (!parsed.ok) return;
        taken += 1;
        expect(errorsOf(validate, input)).toEqual([]);
        expect(errorsOf(validate, parsed.value)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  const right = { accountId, emailDomain: 'example.com' };
  const wrong: [name: string, input: unknown][] = [
    ['no object', 'example.com'],
    ['a list', [right]],
    ['nothing', null],
    ['no account', { emailDomain: 'example.com' }],
    ['no domain', { accountId }],
    ['an account in capitals', { ...right, accountId: accountId.toUpperCase() }],
    ['an account with a line after it', { ...right, accountId: `${accountId}\n` }],
    ['a domain that is a number', { ...right, emailDomain: 7 }],
    ['a field there is not', { ...right, emaildomain: 'example.com' }],
    ['an unknown field of approval', { ...right, approval: { fast: true } }],
    ['an enablement there is not', { ...right, enablement: 'never' }],
    ['a DNS provider there is not', { ...right, dnsProvider: 'bind' }],
    ['no time', { ...right, deadlineSeconds: 0 }],
    ['more than a year', { ...right, confirmWithinSeconds: 31_536_001 }],
    ['a time in words', { ...right, approval: { expireSeconds: 'a week' } }],
    ['null for left out', { ...right, callbackUrl: null }],
    ['a call-back over another protocol', { ...right, callbackUrl: 'ftp://itsm.example.com' }],
    ['a call-back with a password', { ...right, callbackUrl: 'https://me:secret@itsm.example.com' }],
  ];
  test.each(wrong)('refuses what a worker refuses: %s', async (_name, input) => {
    expect(parse(onboardingInputSchema, input).ok).toBe(false);
    expect(errorsOf(await readValidator('onboarding-input'), input)).not.toEqual([]);
  });

  const beyond: [name: string, input: OnboardingInput][] = [
    ['a public mail provider', { ...right, emailDomain: 'gmail.com' }],
    ['a public suffix', { ...right, emailDomain: 'co.uk' }],
    ['an address', { ...right, emailDomain: 'alex@example.com' }],
    ['too many reminders', { ...right, approval: { remindEverySeconds: 1 } }],
    ['a call-back to no host', { ...right, callbackUrl: 'https://[itsm]/' }],
  ];
  test.each(beyond)('leaves to the worker what a schema cannot say: %s', async (_name, input) => {
    expect(parse(onboardingInputSchema, input).ok).toBe(false);
    expect(errorsOf(await readValidator('onboarding-input'), input)).toEqual([]);
  });
});

async function check(world: World, handle: WorkflowHandle, phase: string): Promise<void> {
  const validate = await readValidator('onboarding-status');
  const status = await world.waitForStatus(handle, (now) => now.phase === phase);
  expect(errorsOf(validate, status)).toEqual([]);
  // Nothing of it is left undescribed.
  expect(onboardingStatusSchema.parse(status)).toEqual(status);
}

describe('through a whole run', () => {
  it('every status and the result are as their schemas say', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600] });
    await world.startWorker();
    const handle = await world.start(world.input({ enablement: 'after-approval', confirmWithinSeconds: 600 }));
    await check(world, handle, 'waiting-for-dns');
    for (const nameServer of world.simulator.nameServers) nameServer.lagSeconds = 0;
    await check(world, handle, 'waiting-for-approval');
    await handle.executeUpdate(approveUpdate, { args: [{ by: 'alex', reason: 'tested' }] });
    await check(world, handle, 'waiting-for-confirmation');
    await handle.executeUpdate(confirmUpdate, { args: [{ by: 'alex', reason: 'I could sign in' }] });
    const result = await handle.result();
    expect(errorsOf(await readValidator('onboarding-result'), result)).toEqual([]);
    expect(onboardingResultSchema.parse(result)).toEqual(result);
    await check(world, handle, 'enabled');

    const again = await world.start(world.input());
    const found = await again.result();
    expect(found.alreadyEnabled).toBe(true);
    expect(errorsOf(await readValidator('onboarding-result'), found)).toEqual([]);
  });

  it('also while it is undone, and once it has been', async () => {
    await using world = await createWorld();
    world.simulator.faults.add({ method: 'DELETE', times: 'forever', when: 'before', fault: { status: 500 } });
    await world.startWorker();
    const handle = await world.start(world.input({ enablement: 'after-approval' }));
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
    await handle.cancel();
    await check(world, handle, 'undoing');
    world.simulator.faults.removeAll();
    expect(await endingOf(handle)).toMatchObject({ kind: 'undone' });
    await check(world, handle, 'undone');
  });

  it.each(['onboarding-status', 'onboarding-result'])('%s refuses what is none', async (name) => {
    const validate = await readValidator(name);
    for (const value of [null, [], {}, { accountId, emailDomain: 'example.com' }])
      expect(errorsOf(validate, value)).not.toEqual([]);
  });
});
