import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { createWorld } from '../support/onboarding-world.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { newToken, send, sign, startTrigger } from './trigger-world.ts';

const accountId = 'a'.repeat(32);

const almostInputs = fc.record(
  {
    accountId: fc.oneof(fc.constant(accountId), fc.anything()),
    emailDomain: fc.oneof(fc.constantFrom('gmail.com', 'a..b', '../etc', '*', 'com', '127.0.0.1'), fc.anything()),
    enablement: fc.anything(),
    __proto__: fc.anything(),
  },
  { requiredKeys: [] },
);
const deep = fc.integer({ min: 1000, max: 30_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth));
const bodies = fc.oneof(
  fc.json().map((text) => Buffer.from(text)),
  almostInputs.map((input) => Buffer.from(JSON.stringify(input) ?? '')),
  fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  deep.map((text) => Buffer.from(text)),
  deep.map((text) => Buffer.from(`{"accountId":${text},"emailDomain":${text}}`)),
  fc
    .constantFrom(
      '{"answer":"approve","reason":"yes"}',
      '{"answer":"reject","reason":"no","by":"x"}',
      '{"reason":"in"}',
    )
    .map((text) => Buffer.from(text)),
  fc.constantFrom('', '{', 'null', '{"__proto__":{"accountId":1}}', '﻿{}').map((text) => Buffer.from(text)),
  fc.integer({ min: 65_537, max: 70_000 }).map((length) => Buffer.from(JSON.stringify('x'.repeat(length)))),
);
const mediaTypes = fc.constantFrom('application/json', 'application/scim+json', 'text/plain', 'application/x-json', '');
const paths = fc.oneof(
  { weight: 4, arbitrary: fc.constant('/onboardings') },
  { weight: 1, arbitrary: fc.constant('/onboardings/bulk') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/onboardings/example.com/approval',
      '/onboardings/example.com/confirmation',
      '/onboardings/%',
      '/onboardings/%00/approval',
      '/onboardings/..%2f..%2f/check-now',
      `/onboardings/${'a.'.repeat(200)}/check-now`,
      '/onboardings/example.com/approval?account=a&account=b',
      '/onboardings/example.com/confirmation?account[]=a',
      '/onboardings/example.com?account=a&account=b',
      '/onboardings/example.com?__proto__=a',
      '/../etc/passwd',
      '//',
    ),
  },
);

it('whatever it is sent, a refusal of one kind or another is the answer, and nothing starts', async () => {
  await using world = await createWorld();
  const [secret, adapted] = [newSecret(), newSecret()];
  const { token, bearerSha256 } = newToken();
  await using trigger = await startTrigger(
    world.client,
    [
      { name: 'hr', webhookSecrets: [secret], accounts: [accountId], actions: ['onboard'] },
      { name: 'scim', webhookSecrets: [adapted], accounts: [accountId], actions: ['onboard'], adapter: 'scim.json' },
      {
        name: 'alice',
        bearerSha256,
        accounts: [accountId],
        actions: ['onboard', 'read', 'check-now', 'approve', 'confirm', 'cancel'],
      },
    ],
    { 'scim.json': { input: { accountId: `'${accountId}'`, emailDomain: "lower(emails[0].value) || '-'" } } },
  );
  const statuses = new Map<number, number>();

  async function attempt(path: string, headers: Record<string, string>, body: Buffer, type: string): Promise<void> {
    const { status, body: answer } = await send(`${trigger.url}${path}`, {
      method: 'POST',
      headers: { ...headers, ...(type === '' ? {} : { 'content-type': type }) },
      body: Uint8Array.from(body),
    });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    expect([204, 400, 401, 403, 404, 413, 415, 422, 429]).toContain(status);
    if (status !== 204) expect(answer).toMatchObject({ type: 'about:blank', status });
    expect(JSON.stringify(answer)).not.toMatch(/node_modules|file:|at \w+ \(/u);
  }

  await fc.assert(
    fc.asyncProperty(paths, bodies, mediaTypes, async (path, body, type) => {
      const signed = (by: string) => sign(body.toString(), { secret: by });
      await attempt(path, signed(secret), body, type);
      await attempt(path, signed(adapted), body, type);
      await attempt(path, { authorization: `Bearer ${token}` }, body, type);
      await attempt(path, {}, body, type);
    }),
    { numRuns: 300 },
  );
  expect(statuses.get(422)).toBeGreaterThan(0);
  expect(statuses.get(413)).toBeGreaterThan(0);
  expect(await countRuns(world.client)).toBe(0);
});
