import { afterAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { defaultToken, startSimulator } from '../../simulator/simulator.ts';
import { call, clientOf, control, send } from './clients.ts';

const simulator = await startSimulator();
const client = clientOf(simulator);
afterAll(async () => await simulator.close());

/** Replaces the records of the zone records.test and returns the content and id of each. */
const replaceRecords = async (records: object[]) => {
  await control(simulator, 'PATCH', '/account', { zones: [{ name: 'records.test', records }] });
  const zone = simulator.account.zones.list().find(({ name }) => name === 'records.test');
  return zone?.records.map(({ id, content }) => [content, id]) ?? [];
};

const addedRule = z.object({ id: z.string() });

test('the log can be read and cleared, and has no calls to the control API', async () => {
  await control(simulator, 'DELETE', '/log');
  await send(simulator, 'GET', '/zones');
  await control(simulator, 'GET', '/state');
  expect((await control(simulator, 'GET', '/log')).body).toMatchObject([
    { method: 'GET', path: '/zones', status: 200 },
  ]);
  expect(await control(simulator, 'DELETE', '/log')).toEqual({ status: 204, body: null });
  expect((await control(simulator, 'GET', '/log')).body).toEqual([]);
});

test('the state has connectors, zones, TXT values and name servers, but no token', async () => {
  const created = await client.createConnector({ email_domain: 'state.test' });
  const { body } = await control(simulator, 'GET', '/state');
  const [zone] = z
    .object({ zones: z.array(z.object({ txt: z.record(z.string(), z.array(z.string())) })) })
    .parse(body).zones;
  expect(body).toMatchObject({
    connectors: [{ id: created.id, email_domain: 'state.test' }],
    zones: [{ name: 'example.com', status: 'active' }],
    nameServers: [
      { name: 'ada.ns.cloudflare.test', mode: 'normal', lagSeconds: 0 },
      { name: 'bob.ns.cloudflare.test' },
    ],
  });
  expect(zone?.txt['example.com']).toEqual(expect.arrayContaining(['MS=ms48213907', '', String.raw`say "hello"; a\b`]));
  expect(JSON.stringify(body)).not.toContain(defaultToken);
});

test('fault rules can be added and removed, and do not apply to the control API', async () => {
  const rule = { when: 'before', fault: { status: 503 }, times: 'forever' };
  const { id } = addedRule.parse((await control(simulator, 'POST', '/faults', rule)).body);
  expect((await send(simulator, 'GET', '/zones')).status).toBe(503);
  expect((await control(simulator, 'DELETE', `/faults/${id}`)).status).toBe(204);
  expect((await control(simulator, 'DELETE', `/faults/${id}`)).status).toBe(404);
  expect((await send(simulator, 'GET', '/zones')).status).toBe(200);
  await control(simulator, 'POST', '/faults', rule);
  await control(simulator, 'DELETE', '/faults');
  expect((await send(simulator, 'GET', '/zones')).status).toBe(200);
});

test('held calls can be released', async () => {
  await control(simulator, 'DELETE', '/log');
  await control(simulator, 'POST', '/faults', { method: 'GET', path: '/zones', when: 'before', fault: 'hold' });
  const held = send(simulator, 'GET', '/zones');
  await vi.waitFor(() => expect(simulator.log.list()).toHaveLength(1));
  expect((await control(simulator, 'POST', '/release')).body).toEqual({ released: 1 });
  expect((await held).status).toBe(200);
});

test('a connector can be set to any state', async () => {
  const { id } = await client.createConnector({ email_domain: 'forced.test', begin_verification: false });
  const patch = { enabled: true, verification: { status: 'failed', code: 'other' } };
  expect((await control(simulator, 'PATCH', `/connectors/${id}`, patch)).body).toMatchObject(patch);
  expect(await client.getConnector(id)).toMatchObject(patch);
  expect((await control(simulator, 'PATCH', '/connectors/none', {})).status).toBe(404);
});

test('the token can be replaced while the simulator runs', async () => {
  const replace = async (value: string) =>
    await control(simulator, 'PATCH', '/account', { tokens: [{ value, kind: 'user', status: 'active' }] });
  await replace('rotated');
  expect(await call(simulator, 'GET', '/zones')).toMatchObject({ status: 401, codes: [10000] });
  expect(await call(simulator, 'GET', '/zones', { token: 'rotated' })).toMatchObject({ status: 200 });
  await replace(defaultToken);
});

test('the records of a zone can be replaced, and a record that stays the same keeps its id', async () => {
  const keep = { type: 'TXT', name: 'records.test', content: '"keep"' };
  const before = await replaceRecords([keep, { ...keep, content: '"drop"' }]);
  expect(before).toHaveLength(2);
  expect(await replaceRecords([keep])).toEqual(before.slice(0, 1));
});

test('the lag and mode of a name server can be changed', async () => {
  const changed = await control(simulator, 'PUT', '/name-servers/1', { lagSeconds: 5, mode: 'lame' });
  expect(changed.body).toMatchObject({ name: 'bob.ns.cloudflare.test', lagSeconds: 5, mode: 'lame' });
  expect(simulator.nameServers[0]).toMatchObject({ lagSeconds: 0, mode: 'normal' });
  expect((await control(simulator, 'PUT', '/name-servers/2', {})).status).toBe(404);
});

test.each([
  ['POST', '/faults', { when: 'before', fault: 'explode' }],
  ['PATCH', '/account', { token: 'misspelt' }],
  ['PATCH', '/account', { zones: [{ name: 'bad.test', records: [{ type: 'A', name: '@', content: 'x' }] }] }],
  ['PUT', '/name-servers/0', { mode: 'asleep' }],
])('%s %s %j is refused with an error message', async (method, path, body) => {
  const response = await control(simulator, method, path, body);
  expect(response).toMatchObject({ status: 400, body: { error: expect.any(String) as unknown } });
});
