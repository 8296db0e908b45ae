import { afterAll, describe, expect, test } from 'vitest';
import { defaultAccountId, defaultToken, startSimulator } from '../../simulator/simulator.ts';
import { call, clientOf, send } from './clients.ts';

const simulator = await startSimulator();
const client = clientOf(simulator);
afterAll(async () => await simulator.close());

const callsLeft = (response: Response) => Number(/r=(\d+);/.exec(response.headers.get('ratelimit') ?? '')?.[1]);

const createVerified = async (emailDomain: string) => {
  const { id } = await client.createConnector({ email_domain: emailDomain, begin_verification: false });
  simulator.account.connectors.change(id, { status: 'verified' });
  return id;
};

describe('authentication', () => {
  const zones = '/zones';
  const verify = '/user/tokens/verify';

  test.each([
    ['a request without an Authorization header', { authorization: '' }],
    ['a header with another scheme', { authorization: 'Token abc' }],
    ['a token with a space in it', { authorization: 'Bearer ab cd' }],
  ])('%s is refused as malformed', async (_case, headers) => {
    const { status, body } = await call(simulator, 'GET', zones, { headers });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ code: 6003, error_chain: [{ code: 6111 }] }]);
  });

  test('an unknown token is refused, with a code of its own on the verify route', async () => {
    expect(await call(simulator, 'GET', zones, { token: 'other' })).toMatchObject({ status: 401, codes: [10000] });
    expect(await call(simulator, 'GET', verify, { token: 'other' })).toMatchObject({ status: 401, codes: [1000] });
  });

  test('the messages of the verify route say that the token is active', async () => {
    const { body } = await call(simulator, 'GET', verify);
    expect(body['result']).toMatchObject({ status: 'active' });
    expect(body.messages).toMatchObject([{ code: 10000 }]);
  });

  test('a token can belong to an account, be expired or disabled, or lack a permission', async () => {
    const active = { kind: 'user', status: 'active' } as const;
    simulator.account.patch({
      tokens: [
        { ...active, value: defaultToken },
        { ...active, value: 'of-account', kind: 'account' },
        { ...active, value: 'past', expiresOn: '2020-01-01T00:00:00Z' },
        { ...active, value: 'disabled', status: 'disabled' },
        { ...active, value: 'zones-only', permissions: ['zone:read'] },
      ],
    });
    const ofAccount = `/accounts/${defaultAccountId}/tokens/verify`;
    expect(await call(simulator, 'GET', verify, { token: 'of-account' })).toMatchObject({ status: 401, codes: [1000] });
    expect(await call(simulator, 'GET', ofAccount, { token: 'of-account' })).toMatchObject({ status: 200 });
    const past = await call(simulator, 'GET', verify, { token: 'past' });
    expect(past.body['result']).toMatchObject({ status: 'expired', expires_on: '2020-01-01T00:00:00Z' });
    expect(await call(simulator, 'GET', zones, { token: 'past' })).toMatchObject({ status: 401, codes: [10000] });
    expect(await call(simulator, 'GET', zones, { token: 'disabled' })).toMatchObject({ status: 401, codes: [10000] });
    expect(await call(simulator, 'GET', zones, { token: 'zones-only' })).toMatchObject({ status: 200 });
    const refused = await call(simulator, 'GET', client.connectors, { token: 'zones-only' });
    expect(refused).toMatchObject({ status: 403, codes: [10000] });
  });

  test('another account is refused with 403, a malformed account id with 400, and an unknown path with 404', async () => {
    const other = `/accounts/${'f'.repeat(32)}/sso_connectors`;
    expect(await call(simulator, 'GET', other)).toMatchObject({ status: 403, codes: [9109] });
    const malformed = await call(simulator, 'GET', '/accounts/me/sso_connectors');
    expect(malformed).toMatchObject({ status: 400, codes: [7003, 7000] });
    expect(await call(simulator, 'PUT', '/nowhere')).toMatchObject({ status: 404, codes: [7003, 7000] });
  });

  test('every response has the rate-limit headers', async () => {
    const [first, second] = [await send(simulator, 'GET', zones), await send(simulator, 'GET', '/nowhere')];
    expect(first.headers.get('ratelimit-policy')).toBe('"default";q=1200;w=300');
    expect(callsLeft(second)).toBe(callsLeft(first) - 1);
    expect(first.headers.get('cf-ray')).toMatch(/^[0-9a-f]{16}-/);
  });
});

test('the 1,201st call is refused with a Retry-After of five minutes', async () => {
  await using stack = new AsyncDisposableStack();
  const limited = await startSimulator();
  stack.defer(() => limited.close());
  for (let batch = 0; batch < 12; batch += 1) {
    await Promise.all(Array.from({ length: 100 }, async () => await call(limited, 'GET', '/user/tokens/verify')));
  }
  const { status, codes, headers } = await call(limited, 'GET', '/user/tokens/verify');
  expect({ status, codes, retryAfter: headers.get('retry-after') }).toEqual({
    status: 429,
    codes: [10100],
    retryAfter: '300',
  });
});

describe('SSO connectors', () => {
  test('verification of a new connector begins at once unless begin_verification is false', async () => {
    const awaiting = await client.createConnector({ email_domain: 'awaiting.test', begin_verification: false });
    const pending = await client.createConnector({ email_domain: 'pending.test', use_fedramp_language: true, x: 1 });
    expect(awaiting).toMatchObject({ enabled: false, use_fedramp_language: false });
    expect(awaiting.verification.status).toBe('awaiting');
    expect(awaiting.verification.code).toMatch(/^cloudflare_dashboard_sso=.{32,}$/);
    expect(awaiting.created_on).toMatch(/T[\d:]+\.\d{6}Z$/);
    expect(pending).toMatchObject({ use_fedramp_language: true, verification: { status: 'pending' } });
    expect(await client.getConnector(awaiting.id)).toEqual(awaiting);
    expect(await client.listConnectors()).toEqual(expect.arrayContaining([awaiting, pending]));
  });

  test('the response to begin_verification has no result', async () => {
    const { id } = await client.createConnector({ email_domain: 'begin.test', begin_verification: false });
    const { status, body } = await call(simulator, 'POST', `${client.connectors}/${id}/begin_verification`);
    expect({ status, keys: Object.keys(body) }).toEqual({ status: 200, keys: ['success', 'errors', 'messages'] });
    expect((await client.getConnector(id)).verification.status).toBe('pending');
  });

  test.each([
    ['no domain', {}, '/email_domain'],
    ['an invalid domain', { email_domain: 'a@b.test' }, '/email_domain'],
    ['a public mail domain', { email_domain: 'GMail.com' }, '/email_domain'],
    ['an .edu domain', { email_domain: 'x.edu' }, '/email_domain'],
    ['a flag that is not a boolean', { email_domain: 'flag.test', begin_verification: 'no' }, '/begin_verification'],
  ])('a connector with %s is refused with a pointer to the field', async (_case, body, pointer) => {
    const response = await call(simulator, 'POST', client.connectors, { body });
    expect(response.status).toBe(400);
    expect(response.body.errors).toMatchObject([{ source: { pointer } }]);
  });

  test.each(['{"email_domain":', '[]', ''])('the body %j is refused', async (text) => {
    expect(await call(simulator, 'POST', client.connectors, { text })).toMatchObject({ status: 400, codes: [6007] });
  });

  test('a domain can have one connector, or more if the account allows it', async () => {
    const again = { body: { email_domain: 'Twice.test' } };
    await client.createConnector({ email_domain: 'twice.test' });
    expect(await call(simulator, 'POST', client.connectors, again)).toMatchObject({ status: 409 });
    simulator.account.patch({ secondConnector: 'allowed' });
    expect(await call(simulator, 'POST', client.connectors, again)).toMatchObject({ status: 200 });
    simulator.account.patch({ secondConnector: 'refused' });
  });

  test('a connector must be verified before it is enabled, and disabled before it is deleted', async () => {
    const unverified = await client.createConnector({ email_domain: 'early.test', begin_verification: false });
    const early = await call(simulator, 'PATCH', `${client.connectors}/${unverified.id}`, { body: { enabled: true } });
    expect(early).toMatchObject({ status: 400, body: { errors: [{ source: { pointer: '/enabled' } }] } });

    const id = await createVerified('life.test');
    expect(await client.patchConnector(id, { enabled: true })).toMatchObject({ enabled: true });
    expect(await call(simulator, 'DELETE', `${client.connectors}/${id}`)).toMatchObject({ status: 409 });
    await client.patchConnector(id, { enabled: false });
    const deleted = await call(simulator, 'DELETE', `${client.connectors}/${id}`);
    expect(deleted).toMatchObject({ status: 200, body: { result: { id } } });
    expect(await call(simulator, 'GET', `${client.connectors}/${id}`)).toMatchObject({ status: 404 });
  });

  test('a domain with an enabled connector in another account cannot be enabled', async () => {
    simulator.account.patch({ enabledElsewhere: ['taken.test'] });
    const id = await createVerified('taken.test');
    const body = { enabled: true };
    expect(await call(simulator, 'PATCH', `${client.connectors}/${id}`, { body })).toMatchObject({ status: 409 });
    simulator.account.patch({ enabledElsewhere: [] });
    expect(await client.patchConnector(id, body)).toMatchObject({ enabled: true });
  });

  test('a verified connector stays verified when verification begins again', async () => {
    const id = await createVerified('settled.test');
    await client.beginVerification(id);
    expect((await client.getConnector(id)).verification.status).toBe('verified');
  });
});

describe('preflight', () => {
  const access = `/accounts/${defaultAccountId}/access`;

  test('the organization and its identity providers are readable', async () => {
    const organization = await call(simulator, 'GET', `${access}/organizations`);
    const providers = await call(simulator, 'GET', `${access}/identity_providers`);
    expect(organization.body['result']).toMatchObject({ name: 'Example Ltd' });
    expect(providers.body).toMatchObject({ result: [{ type: 'azureAD' }], result_info: { total_count: 1 } });
  });

  test('every Access route fails for an account without a Zero Trust organization', async () => {
    const { organization } = simulator.account;
    simulator.account.patch({ organization: null });
    for (const path of ['organizations', 'identity_providers', 'apps']) {
      const { status, body } = await call(simulator, 'GET', `${access}/${path}`);
      expect({ status, errors: body.errors }).toMatchObject({
        status: 404,
        errors: [{ code: 9999, message: 'access.api.error.not_enabled' }],
      });
    }
    simulator.account.patch({ organization });
  });

  test('the SSO application exists once a connector is enabled', async () => {
    const id = await createVerified('apps.test');
    await client.patchConnector(id, { enabled: true });
    const { body } = await call(simulator, 'GET', `${access}/apps`);
    expect(body['result']).toMatchObject([{ type: 'dash_sso' }]);
  });
});
