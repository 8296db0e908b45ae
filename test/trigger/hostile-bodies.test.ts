import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { createWorld } from '../support/onboarding-world.ts';
import { bearerOf, newToken, send, senderOf, sign, startTrigger } from './running-trigger.ts';

const accountId = 'a'.repeat(32);
const runId = '00000000-0000-4000-8000-000000000000';

const almostInputs = fc.record(
  {
    accountId: fc.oneof(fc.constant(accountId), fc.anything()),
    emailDomain: fc.oneof(fc.constantFrom('gmail.com', 'a..b', '../etc', '*', 'com', '127.0.0.1'), fc.anything()),
    enablement: fc.anything(),
    __proto__: fc.anything(),
  },
  // With this field no body is the whole input of an address that names the domain.
  { requiredKeys: ['accountId'] },
);
const deep = fc.integer({ min: 1000, max: 30_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth));
const bodies = fc.oneof(
  fc
    .json()
    .filter((text) => text.trim() !== '{}')
    .map((text) => Buffer.from(text)),
  almostInputs.map((input) => Buffer.from(JSON.stringify(input) ?? '')),
  fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  deep.map((text) => Buffer.from(text)),
  deep.map((text) => Buffer.from(`{"accountId":${text},"emailDomain":${text}}`)),
  fc
    .constantFrom(
      '{"decision":"approve","reason":"yes"}',
      '{"decision":"reject","reason":"no","by":"x"}',
      '{"reason":"in"}',
      '{"rows":[{"emailDomain":"gmail.com"}]}',
    )
    .map((text) => Buffer.from(text)),
  fc.constantFrom('', '{', 'null', '{"__proto__":{"accountId":1}}', '\ufeff[]').map((text) => Buffer.from(text)),
  fc.integer({ min: 65_537, max: 70_000 }).map((length) => Buffer.from(JSON.stringify('x'.repeat(length)))),
);
const mediaTypes = fc.constantFrom('application/json', 'application/scim+json', 'text/plain', 'application/x-json', '');
const account = `/v1/accounts/${accountId}`;
const domain = `${account}/domains/example.com`;
const paths = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('/v1/events/hr', '/v1/events/scim') },
  { weight: 2, arbitrary: fc.constantFrom(`${domain}/onboarding`, `${domain}/offboarding`) },
  { weight: 1, arbitrary: fc.constant(`${account}/bulks`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `${domain}/runs/${runId}/approval`,
      `${domain}/runs/${runId}/confirmation`,
      `${domain}/runs/%00/approval`,
      `${account}/domains/%`,
      `${account}/domains/%00/onboarding`,
      `${account}/domains/..%2f..%2f/offboarding`,
      `${account}/domains/${'a.'.repeat(200)}/runs/${runId}/check`,
      `${domain}/runs/${runId}/approval?account=a&account=b`,
      `${domain}/runs/${runId}/confirmation?account[]=a`,
      `${domain}?account=a&account=b`,
      `${domain}/onboarding?__proto__=a`,
      '/v1/events/__proto__',
      '/../etc/passwd',
      '//',
    ),
  },
);

it('answers whatever it is sent with a refusal of one kind or another, and starts nothing', async () => {
  await using world = await createWorld();
  const [secret, adapted, token] = [newSecret(), newSecret(), newToken()];
  await using trigger = await startTrigger(
    world.client,
    {
      senders: [senderOf(secret, [accountId]), senderOf(adapted, [accountId], { name: 'scim', adapter: 'scim.json' })],
      bearers: [bearerOf(token, [accountId])],
    },
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
    expect([204, 400, 401, 403, 404, 405, 413, 415, 422, 429]).toContain(status);
    if (status !== 204) expect(answer).toMatchObject({ type: 'about:blank', status });
    expect(JSON.stringify(answer)).not.toMatch(/node_modules|file:|at \w+ \(/u);
  }

  await fc.assert(
    fc.asyncProperty(paths, bodies, mediaTypes, async (path, body, type) => {
      const signed = (by: string) => sign(body.toString(), { secret: by });
      await attempt(path, signed(secret), body, type);
      await attempt(path, signed(adapted), body, type);
      await attempt(path, { authorization: `Bearer ${token.token}` }, body, type);
      await attempt(path, {}, body, type);
    }),
    { numRuns: 300 },
  );
  expect(statuses.get(422)).toBeGreaterThan(0);
  expect(statuses.get(413)).toBeGreaterThan(0);
  expect(await countRuns(world.client)).toBe(0);
});
