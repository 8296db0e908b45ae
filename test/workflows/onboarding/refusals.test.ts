/** Runs that fail before anything is written: the input cannot be used, or the account is not ready. */
import { describe, expect, it } from 'vitest';

import { startSimulator } from '../../../simulator/simulator.ts';
import { onboardingTaskQueue, workflowTypes } from '../../../src/contract/names/ids.ts';
import type { Problem } from '../../../src/contract/schemas/parse.ts';
import { createWorld, testToken } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { applicationFailureOf, problemsSchema, writesOf } from './observations.ts';

/** Expects the failure `PrerequisitesNotMet`, without any write. */
async function problemsOf(world: World): Promise<Problem[]> {
  await world.startWorker();
  const failure = await applicationFailureOf(await world.start(world.input()));
  expect(failure.type).toBe('PrerequisitesNotMet');
  expect(writesOf(world)).toEqual([]);
  return problemsSchema.parse(failure.details);
}

describe.concurrent('an input that cannot be used fails the run at once, with every problem', () => {
  const good = { accountId: '0123456789abcdef0123456789abcdef', emailDomain: 'example.com' };
  it.each([
    ['nothing at all', null, ['input']],
    ['a text', 'example.com', ['input']],
    ['no account', { emailDomain: 'example.com' }, ['accountId']],
    ['two things wrong', { ...good, accountId: 'x', emailDomain: 'not_a_domain' }, ['accountId', 'emailDomain']],
    ['a public mail domain', { ...good, emailDomain: 'gmail.com' }, ['emailDomain']],
    ['a public suffix', { ...good, emailDomain: 'co.uk' }, ['emailDomain']],
    ['a provider there is not', { ...good, dnsProvider: 'carrier-pigeon' }, ['dnsProvider']],
    [
      'durations that are none',
      { ...good, deadlineSeconds: -1, approval: { expireSeconds: 'soon' } },
      ['approval.expireSeconds', 'deadlineSeconds'],
    ],
    ['a field of a later day', { ...good, enableOn: '2031-01-01' }, ['input']],
  ])('%s', async (_name, input, subjects) => {
    await using world = await createWorld();
    await world.startWorker();
    const failure = await applicationFailureOf(
      await world.start(input, 'sso/0123456789abcdef0123456789abcdef/example.com'),
    );
    expect(failure.type).toBe('InvalidInput');
    expect(problemsSchema.parse(failure.details).map(({ subject }) => subject)).toEqual(subjects);
    expect(world.simulator.log.list()).toEqual([]);
  });

  it('start options with a timeout by the server, which would skip the undo', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const input = world.input();
    const handle = await world.client.workflow.start(workflowTypes.onboarding, {
      workflowId: `sso/${input.accountId}/example.com`,
      taskQueue: onboardingTaskQueue,
      args: [input],
      workflowExecutionTimeout: '1 hour',
    });
    const failure = await applicationFailureOf(handle);
    expect(failure.type).toBe('InvalidInput');
    expect(failure.message).toContain('deadlineSeconds');
    expect(world.simulator.log.list()).toEqual([]);
  });

  it('a workflow id that is not the one of its input', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const failure = await applicationFailureOf(await world.start(world.input(), 'my-own-id'));
    expect(failure.type).toBe('InvalidInput');
    expect(failure.message).toContain('sso/0123456789abcdef0123456789abcdef/example.com');
    expect(world.simulator.log.list()).toEqual([]);
  });
});

describe.concurrent('an account that is not ready fails the run before anything is written', () => {
  it('a token that Cloudflare does not know: asked twice, never retried', async () => {
    // On a busy machine an attempt could time out, and would be repeated.
    await using world = await createWorld(
      {},
      { timings: timingVariables({ attemptSeconds: 30, heartbeatSeconds: 20 }) },
    );
    world.simulator.account.patch({ tokens: [{ value: 'another', kind: 'user', status: 'active' }] });
    expect(await problemsOf(world)).toContainEqual(expect.objectContaining({ subject: 'API token' }));
    const verifications = world.simulator.log.list().filter(({ path }) => path.endsWith('/tokens/verify'));
    expect(verifications).toHaveLength(2);
  });

  it("an account-owned token works like a user's", async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ tokens: [{ value: testToken, kind: 'account', status: 'active' }] });
    await world.startWorker();
    await expect((await world.start(world.input())).result()).resolves.toMatchObject({ enabled: true });
  });

  it('names each permission that the token lacks', async () => {
    await using world = await createWorld();
    world.simulator.account.patch({
      tokens: [{ value: testToken, kind: 'user', status: 'active', permissions: ['dns:write'] }],
    });
    const remedies = (await problemsOf(world)).map(({ remedy }) => remedy).join('\n');
    for (const permission of [
      'SSO Connector: Edit',
      'Access: Organizations, Identity Providers, and Groups Read',
      'Zone: Read',
    ]) {
      expect(remedies).toContain(permission);
    }
  });

  it('no organization and no zone: both are reported', async () => {
    await using world = await createWorld({ domain: 'example.org' });
    world.simulator.account.patch({ organization: null, zones: [{ name: 'example.com', accountId: 'f'.repeat(32) }] });
    const problems = await problemsOf(world);
    expect(problems.map(({ subject }) => subject)).toEqual(['Zero Trust organization', 'zone example.com']);
    expect(problems.every(({ remedy }) => remedy.length > 0)).toBe(true);
  });

  it('no identity provider: nobody could sign in', async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ identityProviders: [] });
    expect(await problemsOf(world)).toMatchObject([{ subject: 'identity provider' }]);
  });

  it.each([
    ['pending', 'full', '"pending"'],
    ['moved', 'full', '"moved"'],
    ['active', 'partial', '"partial"'],
    ['active', 'secondary', '"secondary"'],
  ] as const)('a zone that is %s and %s: its records are not what DNS shows', async (status, type, named) => {
    await using world = await createWorld();
    world.simulator.account.patch({ zones: [{ name: 'example.com', status, type }] });
    // Other name servers serve the name all the same.
    const elsewhere = await startSimulator();
    await using _closing = { [Symbol.asyncDispose]: async () => await elsewhere.close() };
    await world.startWorker({ DNS_NAMESERVERS: elsewhere.environment.DNS_NAMESERVERS });
    const failure = await applicationFailureOf(await world.start(world.input()));
    expect(failure).toMatchObject({ type: 'PrerequisitesNotMet', details: [{ subject: 'zone example.com' }] });
    expect(failure.message).toContain(named);
    expect(writesOf(world)).toEqual([]);
  });
});
