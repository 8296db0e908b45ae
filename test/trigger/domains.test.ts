import { describe, expect, it, vi } from 'vitest';

import { accountIdAttribute, workflowIdFor, workflowTypes } from '../../src/contract/names/ids.ts';
import { newSecret } from '../support/new-secret.ts';
import { createWorld, waitOptions } from '../support/onboarding-world.ts';
import { bearerOf, call, domainPath, newToken, senderOf, startTrigger } from './running-trigger.ts';

interface Page {
  runs: { emailDomain: string; phase: string | null; runId: string; state: string }[];
  nextCursor: string | null;
}

const other = 'b'.repeat(32);

async function setUp() {
  const world = await createWorld();
  const token = newToken();
  const trigger = await startTrigger(world.client, {
    senders: [senderOf(newSecret(), [world.accountId])],
    bearers: [bearerOf(token, [world.accountId, other])],
  });
  const ask = async (path: string) => await call(trigger.url, token.token, 'GET', path);
  return {
    world,
    ask,
    post: async (path: string, body?: unknown) => await call(trigger.url, token.token, 'POST', path, body),
    list: async (query = '', accountId = world.accountId): Promise<Page> => {
      const { status, body } = await ask(`/v1/accounts/${accountId}/domains${query}`);
      expect(status).toBe(200);
      return body as Page;
    },
    async [Symbol.asyncDispose]() {
      await trigger[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

const domainsOf = ({ runs }: Page) => runs.map(({ emailDomain }) => emailDomain);

it('lists the runs of an account, newest first, by phase, and those that wait for a person', async () => {
  await using scene = await setUp();
  const { world, list, post } = scene;
  await world.startWorker();
  const ended = await post(`${domainPath(world.accountId)}/onboarding`, {});
  await world.client.workflow.getHandle(workflowIdFor(world.accountId, 'example.com')).result();
  // It has no zone, so it fails before it does anything.
  await post(`${domainPath(world.accountId, 'no-zone.com')}/onboarding`, {});
  await post(`${domainPath(world.accountId)}/offboarding`, { disablement: 'after-approval' });
  const waiting = await vi.waitFor(async () => {
    const page = await list('?waiting=true');
    expect(domainsOf(page)).toEqual(['example.com']);
    return page;
  }, waitOptions);
  expect(waiting).toMatchObject({
    runs: [{ kind: 'offboarding', state: 'running', phase: 'waiting-for-approval', closedAt: null }],
    nextCursor: null,
  });
  await vi.waitFor(async () => {
    expect(domainsOf(await list())).toEqual(['example.com', 'no-zone.com', 'example.com']);
  }, waitOptions);
  const enabled = await list('?phase=enabled');
  expect(enabled.runs).toMatchObject([{ emailDomain: 'example.com', state: 'completed', phase: 'enabled' }]);
  // The id of a listed run is good for its address.
  expect(`${domainPath(world.accountId)}/runs/${enabled.runs[0]?.runId}`).toBe(ended.headers.get('location'));
  expect(await list('?phase=enabled&waiting=true')).toEqual({ runs: [], nextCursor: null });
  expect(await list('?phase=waiting-for-approval&waiting=true')).toEqual(waiting);
  expect(await list('', other)).toEqual({ runs: [], nextCursor: null });
});

describe('a list of more than one page', () => {
  it('is read with cursors, each of which belongs to its list', async () => {
    await using scene = await setUp();
    const { world, list, ask } = scene;
    const domains = Array.from({ length: 103 }, (_, index) => `company${index}.com`);
    await Promise.all(
      domains.map(async (emailDomain) => {
        await world.client.workflow.start(workflowTypes.onboarding, {
          workflowId: workflowIdFor(world.accountId, emailDomain),
          taskQueue: 'nobody',
          // As a worker would set it.
          typedSearchAttributes: [{ key: accountIdAttribute, value: world.accountId }],
        });
      }),
    );
    await vi.waitFor(async () => {
      expect((await list()).runs).toHaveLength(100);
      expect((await list()).nextCursor).not.toBeNull();
    }, waitOptions);
    const first = await list();
    const second = await vi.waitFor(async () => {
      const page = await list(`?cursor=${first.nextCursor}`);
      expect(page.runs).toHaveLength(3);
      return page;
    }, waitOptions);
    expect(second.nextCursor).toBeNull();
    expect([...domainsOf(first), ...domainsOf(second)].toSorted()).toEqual(domains.toSorted());

    const path = `/v1/accounts/${world.accountId}/domains`;
    const tampered = Buffer.from(first.nextCursor ?? '', 'base64url');
    tampered[12] = (tampered[12] ?? 0) ^ 0xff;
    for (const query of [
      `phase=enabled&cursor=${first.nextCursor}`,
      `waiting=true&cursor=${first.nextCursor}`,
      `cursor=${first.nextCursor}x`,
      `cursor=${first.nextCursor?.slice(0, 11)}`,
      `cursor=${tampered.toString('base64url')}`,
      'cursor=',
      'cursor=%2e%2e',
      `cursor=${'A'.repeat(2000)}`,
    ]) {
      const answer = await ask(`${path}?${query}`);
      expect({ query, answer }).toMatchObject({
        query,
        answer: { status: 422, body: { problems: [{ subject: 'cursor' }] } },
      });
    }
    expect((await ask(`/v1/accounts/${other}/domains?cursor=${first.nextCursor}`)).status).toBe(422);
  });
});

it('refuses a query that it does not know', async () => {
  await using scene = await setUp();
  const { world, ask } = scene;
  const path = `/v1/accounts/${world.accountId}/domains`;
  for (const [query, subject] of [
    ['phase=everywhere', 'phase'],
    ['phase=', 'phase'],
    ['phase=enabled&phase=undone', 'phase'],
    [`phase=enabled'+OR+'1'='1`, 'phase'],
    ['waiting=yes', 'waiting'],
    ['waiting=false', 'waiting'],
    ['cursor=a&cursor=b', 'cursor'],
    ['state=running', 'query'],
    ['__proto__=a', 'query'],
    ['pageSize=1000', 'query'],
  ]) {
    const answer = await ask(`${path}?${query}`);
    expect({ query, answer }).toMatchObject({ query, answer: { status: 422, body: { problems: [{ subject }] } } });
  }
  expect((await ask(`${domainPath(world.accountId)}?account=${other}`)).status).toBe(422);
});
