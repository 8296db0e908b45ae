import { expect, it } from 'vitest';

import { createWorld } from '../support/onboarding-world.ts';
import { actions, signedActions } from '../../src/trigger/callers.ts';
import type { Action } from '../../src/trigger/callers.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { call, newToken, send, sendSigned, sign, startTrigger } from './trigger-world.ts';
import type { CallerEntry } from './trigger-world.ts';

const [ours, theirs] = ['a'.repeat(32), 'b'.repeat(32)];

/** How each action is asked for. */
const requests: Record<Action, (account: string) => [method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown]> =
  {
    onboard: (accountId) => ['POST', '/onboardings', { accountId, emailDomain: 'example.com' }],
    // Another domain, so that what one starts is not in the other's way.
    offboard: (accountId) => ['POST', '/offboardings', { accountId, emailDomain: 'leaving.example.com' }],
    read: (account) => ['GET', `/onboardings/example.com?account=${account}`],
    'check-now': (account) => ['POST', `/onboardings/example.com/check-now?account=${account}`],
    approve: (account) => [
      'POST',
      `/onboardings/example.com/approval?account=${account}`,
      { answer: 'approve', reason: 'planned' },
    ],
    confirm: (account) => ['POST', `/onboardings/example.com/confirmation?account=${account}`, { reason: 'I am in' }],
    cancel: (account) => ['DELETE', `/onboardings/example.com?account=${account}`],
  };

/** What a caller that is let through is told before a namespace in which nothing runs. */
const passed = { onboard: 202, offboard: 202, read: 404, 'check-now': 404, approve: 404, confirm: 404, cancel: 404 };

/** So that nothing runs yet when the others are tried. */
const onboardLast: Action[] = [...actions.filter((action) => action !== 'onboard'), 'onboard'];

const people: Record<string, { accounts: string[]; actions: Action[] }> = {
  'all-of-ours': { accounts: [ours], actions: [...actions] },
  everything: { accounts: [ours, theirs], actions: [...actions] },
  reader: { accounts: [ours], actions: ['read'] },
  approver: { accounts: [ours], actions: ['read', 'approve'] },
  operator: { accounts: [theirs], actions: ['onboard', 'read', 'check-now', 'confirm', 'cancel'] },
};

it('lets each caller do what the file says, in the accounts it says, and nothing else', async () => {
  const rows: string[][] = [['caller', 'account', ...actions]];
  const tokens = new Map(Object.keys(people).map((name) => [name, newToken()]));
  const signers = [
    { name: 'sender-of-ours', secret: newSecret(), accounts: [ours] },
    { name: 'sender-of-theirs', secret: newSecret(), accounts: [theirs] },
  ];
  const callers: CallerEntry[] = [
    ...Object.entries(people).map(([name, rights]) => ({
      name,
      ...rights,
      bearerSha256: tokens.get(name)?.bearerSha256 ?? '',
    })),
    ...signers.map(({ name, secret, accounts }) => ({
      name,
      accounts,
      webhookSecrets: [secret],
      actions: ['onboard' as const],
    })),
  ];

  for (const { name, accounts, actions: allowed } of callers) {
    // A namespace of its own for each, so that what one has started is in nobody's way.
    await using world = await createWorld();
    await using trigger = await startTrigger(world.client, callers);
    const signer = signers.find((candidate) => candidate.name === name);
    const token = tokens.get(name)?.token ?? '';
    let started = 0;
    for (const account of [ours, theirs]) {
      const cells = new Map<Action, string>();
      for (const action of onboardLast) {
        const [method, path, body] = requests[action](account);
        const isSigned = signer !== undefined && signedActions.includes(action);
        const { status } = isSigned
          ? await sendSigned(trigger.url, body, { secret: signer.secret }, path)
          : await call(trigger.url, token, method, path, body);
        const isAllowed = allowed.includes(action) && accounts.includes(account);
        // Whoever signs has no token to send.
        const refused = signer !== undefined && !isSigned ? 401 : 403;
        const expected = isAllowed ? passed[action] : refused;
        expect({ name, action, account, status }).toEqual({ name, action, account, status: expected });
        if (isAllowed && passed[action] === 202) started += 1;
        cells.set(action, `${isAllowed ? 'yes' : 'no'} ${status}`);
      }
      rows.push([name, account === ours ? 'ours' : 'theirs', ...actions.map((action) => cells.get(action) ?? '')]);
    }
    const types = ['onboardSsoConnector', 'offboardSsoConnector', 'deliver'];
    const counts = await Promise.all(types.map(async (type) => await countRuns(world.client, type)));
    const runs = counts.reduce((sum, count) => sum + count, 0);
    expect({ name, runs }).toEqual({ name, runs: started });
  }
  console.log(rows.map((row) => row.map((cell, column) => cell.padEnd(column === 0 ? 18 : 10)).join('')).join('\n'));
});

it('without a caller there is nothing but the description', async () => {
  await using world = await createWorld();
  await using trigger = await startTrigger(world.client, [
    { name: 'hr', webhookSecrets: [newSecret()], accounts: [ours], actions: ['onboard'] },
  ]);
  for (const action of actions) {
    const [method, path, body] = requests[action](ours);
    expect((await call(trigger.url, 'nobody', method, path, body)).status).toBe(401);
  }
  expect((await fetch(`${trigger.url}/openapi.json`)).status).toBe(200);
});

it('an account need not be named by a caller that has one, and must be by one that has several', async () => {
  await using world = await createWorld();
  const [one, two] = [newToken(), newToken()];
  await using trigger = await startTrigger(world.client, [
    { name: 'one', bearerSha256: one.bearerSha256, accounts: [ours], actions: ['read'] },
    { name: 'two', bearerSha256: two.bearerSha256, accounts: [ours, theirs], actions: ['read'] },
  ]);
  expect((await call(trigger.url, one.token, 'GET', '/onboardings/example.com')).status).toBe(404);
  expect(await call(trigger.url, two.token, 'GET', '/onboardings/example.com')).toMatchObject({
    status: 422,
    body: { detail: 'Which account? Add ?account=…' },
  });
});

it('a signature, which covers the body alone, is not enough for what a path says', async () => {
  await using world = await createWorld();
  const secret = newSecret();
  await using trigger = await startTrigger(world.client, [
    { name: 'hr', webhookSecrets: [secret], accounts: [ours], actions: ['onboard'] },
  ]);
  for (const action of actions.filter((candidate) => !signedActions.includes(candidate))) {
    const [method, path, body = {}] = requests[action](ours);
    const text = method === 'POST' ? JSON.stringify(body) : '';
    const headers = sign(text, { secret });
    const answer = await send(`${trigger.url}${path}`, { method, headers, ...(text === '' ? {} : { body: text }) });
    expect({ action, status: answer.status }).toEqual({ action, status: 403 });
  }
});
