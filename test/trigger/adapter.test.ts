import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { parseRequest } from '../../src/client/domain-workflows.ts';
import { parseAdapter } from '../../src/trigger/adapter.ts';
import { createWorld } from '../support/onboarding-world.ts';
import { deliveryWorkflowType } from '../../src/contract/names/ids.ts';
import { countRuns } from '../support/count-runs.ts';
import { newSecret } from '../support/new-secret.ts';
import { senderOf, sendSigned, startTrigger } from './running-trigger.ts';

const account = '0123456789abcdef0123456789abcdef';

async function readExample(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../../docs/adapters/${name}.json`, import.meta.url), 'utf8'));
}

const scimUser = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'jane',
  active: true,
  emails: [
    { value: 'jane@home.example', type: 'home' },
    { value: 'Jane@Example.com', primary: true },
  ],
};
const hrisCompany = {
  event: 'company.acquired',
  company: { name: 'Example', cloudflareAccount: account, emailDomain: 'example.com', dns: 'external' },
};
const serviceNowItem = {
  table: 'sc_req_item',
  record: {
    approval: 'approved',
    cat_item: 'cloudflare-sso',
    u_cloudflare_account: account,
    u_email_domain: 'EXAMPLE.COM',
    u_confirm_minutes: '45',
  },
};

describe('the adapters in docs/', () => {
  it.each([
    ['scim-user', scimUser, { emailDomain: 'example.com', enablement: 'after-approval' }],
    ['hris-company', hrisCompany, { dnsProvider: 'manual', approval: { expireSeconds: 1_209_600 } }],
    ['servicenow-request', serviceNowItem, { emailDomain: 'example.com', confirmWithinSeconds: 2700 }],
  ])('%s turns its event into an input of the contract', async (name, event, expected) => {
    const parsed = parseRequest('onboarding', parseAdapter(await readExample(name)).toInput(event));
    expect(parsed).toMatchObject({ ok: true, value: { input: { accountId: account, ...expected } } });
  });

  it.each([
    ['scim-user', { ...scimUser, active: false }],
    ['scim-user', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], active: true }],
    ['hris-company', { event: 'company.renamed' }],
    ['servicenow-request', { ...serviceNowItem, record: { ...serviceNowItem.record, approval: 'requested' } }],
    ['servicenow-request', null],
    ['hris-company', []],
  ])('%s drops other events', async (name, event) => {
    expect(parseAdapter(await readExample(name)).toInput(event)).toBeNull();
  });
});

it('leaves out a field that the event does not have, and names one that cannot be evaluated', () => {
  const adapter = parseAdapter({
    input: { accountId: 'account', emailDomain: 'lower(domain)', approval: { expireSeconds: 'e' } },
  });
  expect(adapter.toInput({ domain: 'A.example' })).toEqual({ emailDomain: 'a.example', approval: {} });
  expect(() => adapter.toInput({ domain: 7 })).toThrow(/^input\.emailDomain: /u);
});

it.each([
  ['not an object', 7, 'expected object'],
  ['no input', {}, 'input'],
  ['an expression that cannot be parsed', { input: { emailDomain: 'a[' } }, 'input.emailDomain: Syntax error'],
  ['a condition that cannot be parsed', { when: '==', input: {} }, 'when: '],
  ['an unknown field', { input: {}, transform: 'x' }, 'transform'],
  ['a number as an expression', { input: { emailDomain: 7 } }, 'emailDomain'],
])('an adapter with %s is refused', (_name, file, message) => {
  expect(() => parseAdapter(file)).toThrow(message);
});

it('an event goes through the adapter of its sender; one that it drops is answered 204, one that does not fit 422', async () => {
  await using world = await createWorld();
  const secret = newSecret();
  const hr = senderOf(secret, [account], { adapter: 'hris.json' });
  const files = { 'hris.json': await readExample('hris-company') };
  await using trigger = await startTrigger(world.client, { senders: [hr] }, files);
  const other = await sendSigned(trigger.url, { event: 'company.renamed' }, { secret });
  expect(other).toMatchObject({ status: 204, body: '' });
  const unfit = await sendSigned(trigger.url, { event: 'company.acquired', company: {} }, { secret });
  expect(unfit.status).toBe(422);
  const elsewhere = { ...hrisCompany, company: { ...hrisCompany.company, cloudflareAccount: 'b'.repeat(32) } };
  expect((await sendSigned(trigger.url, elsewhere, { secret })).status).toBe(403);
  expect(await countRuns(world.client, deliveryWorkflowType)).toBe(0);

  expect(await sendSigned(trigger.url, hrisCompany, { secret })).toMatchObject({
    status: 202,
    body: { accountId: account, emailDomain: 'example.com' },
  });
  expect(await countRuns(world.client, deliveryWorkflowType)).toBe(1);
});
