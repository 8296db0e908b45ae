import { expect, it } from 'vitest';

import { deliveryWorkflowType, workflowTypes } from '../../src/contract/names/ids.ts';
import { actions } from '../../src/trigger/callers.ts';
import type { Action } from '../../src/trigger/callers.ts';
import { operations } from '../../src/trigger/operations.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { createWorld } from '../support/onboarding-world.ts';
import {
  bearerOf,
  call,
  domainPath,
  newToken,
  senderOf,
  send,
  sendSigned,
  sign,
  startTrigger,
} from './running-trigger.ts';
import type { CallersEntry, Method } from './running-trigger.ts';

const [ours, theirs] = ['a'.repeat(32), 'b'.repeat(32)];
const noRun = '00000000-0000-4000-8000-000000000000';
const runPath = (account: string) => `${domainPath(account)}/runs/${noRun}`;

/** A request for each action. */
const requests: Record<Action, (account: string) => [method: Method, path: string, body?: unknown]> = {
  onboard: (account) => ['POST', `${domainPath(account)}/onboarding`, {}],
  // Another domain, so that the two runs do not conflict.
  offboard: (account) => ['POST', `${domainPath(account, 'leaving.example.com')}/offboarding`, {}],
  read: (account) => ['GET', domainPath(account)],
  check: (account) => ['POST', `${runPath(account)}/check`],
  approve: (account) => ['POST', `${runPath(account)}/approval`, { decision: 'approve', reason: 'planned' }],
  confirm: (account) => ['POST', `${runPath(account)}/confirmation`, { reason: 'I could sign in' }],
  cancel: (account) => ['POST', `${runPath(account)}/cancellation`],
};

/** What an authorised caller is answered in a namespace in which nothing runs. */
const authorised = { onboard: 202, offboard: 202, read: 404, check: 404, approve: 404, confirm: 404, cancel: 404 };

/** So that nothing runs yet when the others are tried. */
const onboardLast: Action[] = [...actions.filter((action) => action !== 'onboard'), 'onboard'];

const people: Record<string, { accounts: string[]; actions: Action[] }> = {
  'all-of-ours': { accounts: [ours], actions: [...actions] },
  everything: { accounts: [ours, theirs], actions: [...actions] },
  reader: { accounts: [ours], actions: ['read'] },
  approver: { accounts: [ours], actions: ['read', 'approve'] },
  operator: { accounts: [theirs], actions: ['onboard', 'read', 'check', 'confirm', 'cancel'] },
};

it('lets each bearer do what the file says, in the accounts it says, and nothing else', async () => {
  const rows: string[][] = [['bearer', 'account', ...actions]];
  const tokens = Object.keys(people).map((name) => ({ name, ...newToken() }));
  const bearers = tokens.map(({ name, ...token }) => bearerOf(token, [], { name, ...people[name] }));

  for (const { name, token } of tokens) {
    const rights = people[name] ?? { accounts: [], actions: [] };
    // A namespace for each, so that what one has started does not conflict with what another starts.
    await using world = await createWorld();
    await using trigger = await startTrigger(world.client, { bearers });
    let started = 0;
    for (const account of [ours, theirs]) {
      const cells = new Map<Action, string>();
      for (const action of onboardLast) {
        const { status } = await call(trigger.url, token, ...requests[action](account));
        const isAllowed = rights.actions.includes(action) && rights.accounts.includes(account);
        const expected = isAllowed ? authorised[action] : 403;
        expect({ name, action, account, status }).toEqual({ name, action, account, status: expected });
        if (isAllowed && authorised[action] === 202) started += 1;
        cells.set(action, `${isAllowed ? 'yes' : 'no'} ${status}`);
      }
      rows.push([name, account === ours ? 'ours' : 'theirs', ...actions.map((action) => cells.get(action) ?? '')]);
    }
    const counts = await Promise.all(
      Object.values(workflowTypes).map(async (type) => await countRuns(world.client, type)),
    );
    const runs = counts.reduce((sum, count) => sum + count, 0);
    expect({ name, runs }).toEqual({ name, runs: started });
  }
  console.log(rows.map((row) => row.map((cell, column) => cell.padEnd(column === 0 ? 18 : 10)).join('')).join('\n'));
});

it('lets each sender start what the file says, in the accounts it says, and nothing else', async () => {
  await using world = await createWorld();
  const senders = [
    { name: 'joins-ours', secret: newSecret(), starts: 'onboarding' as const, accounts: [ours] },
    { name: 'leaves-theirs', secret: newSecret(), starts: 'offboarding' as const, accounts: [theirs] },
  ];
  const callers: CallersEntry = {
    senders: senders.map(({ name, secret, starts, accounts }) => senderOf(secret, accounts, { name, starts })),
  };
  await using trigger = await startTrigger(world.client, callers);
  const rows = [['sender', 'address', 'account', 'answer', 'started']];
  for (const { name, secret, starts, accounts } of senders) {
    for (const address of ['joins-ours', 'leaves-theirs', 'nobody', '..%2fhr', 'constructor']) {
      for (const account of [ours, theirs]) {
        const event = { accountId: account, emailDomain: `${name}.com` };
        const { status, body } = await sendSigned(trigger.url, event, { secret }, address);
        const expected = address !== name ? 401 : accounts.includes(account) ? 202 : 403;
        expect({ name, address, account, status }).toEqual({ name, address, account, status: expected });
        if (expected === 202) expect(body).toMatchObject({ kind: starts, outcome: 'accepted' });
        rows.push([
          name,
          address,
          account === ours ? 'ours' : 'theirs',
          String(status),
          expected === 202 ? starts : '-',
        ]);
      }
    }
  }
  expect(await countRuns(world.client, deliveryWorkflowType)).toBe(senders.length);
  console.log(rows.map((row) => row.map((cell) => cell.padEnd(16)).join('')).join('\n'));
});

it('answers 401 to whoever is not a caller, except for the description', async () => {
  await using world = await createWorld();
  await using trigger = await startTrigger(world.client, { senders: [senderOf(newSecret(), [ours])] });
  for (const { method, path, access } of operations) {
    const address = path
      .replace('{account}', ours)
      .replace('{domain}', 'example.com')
      .replace('{runId}', noRun)
      .replace('{id}', '0'.repeat(64))
      .replace('{caller}', 'hr');
    const answer = await call(trigger.url, 'nobody', method, address, method === 'POST' ? {} : undefined);
    expect({ path, status: answer.status }).toEqual({ path, status: access === 'anybody' ? 200 : 401 });
    if (access === 'anybody') continue;
    expect(answer.headers.get('www-authenticate')).toBe(access === 'sender' ? 'StandardWebhooks' : 'Bearer');
  }
});

it('a signature, which covers the body alone, authenticates nothing under /v1/accounts', async () => {
  await using world = await createWorld();
  const secret = newSecret();
  await using trigger = await startTrigger(world.client, { senders: [senderOf(secret, [ours])] });
  for (const action of actions) {
    const [method, path, body = {}] = requests[action](ours);
    const text = method === 'POST' ? JSON.stringify(body) : '';
    const headers = sign(text, { secret });
    const answer = await send(`${trigger.url}${path}`, { method, headers, ...(text === '' ? {} : { body: text }) });
    expect({ action, status: answer.status }).toEqual({ action, status: 401 });
  }
  expect(await countRuns(world.client)).toBe(0);
});

it('a token authenticates no event', async () => {
  await using world = await createWorld();
  const token = newToken();
  await using trigger = await startTrigger(world.client, {
    senders: [senderOf(newSecret(), [ours])],
    bearers: [bearerOf(token, [ours])],
  });
  for (const caller of ['hr', 'alice']) {
    const answer = await call(trigger.url, token.token, 'POST', `/v1/events/${caller}`, { accountId: ours });
    expect({ caller, status: answer.status }).toEqual({ caller, status: 401 });
  }
});
