import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultAccountId, type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { call, clientOf } from './clients.ts';

let simulator: Simulator;
let records: string;
let client: ReturnType<typeof clientOf>;

beforeAll(async () => {
  simulator = await startSimulator();
  client = clientOf(simulator);
  records = `/zones/${await client.zoneId()}/dns_records`;
});
afterAll(async () => await simulator.close());

const txt = (content: string, rest: object = {}) => ({ type: 'TXT', name: 'example.com', content, ttl: 60, ...rest });
const add = async (body: object) => await call(simulator, 'POST', records, { body });

test('zones are found by their exact name, whoever owns them', async () => {
  const other = 'e'.repeat(32);
  simulator.account.patch({
    zones: [
      { name: 'example.com', accountId: other, status: 'moved' },
      { name: 'sub.example.com', status: 'pending', type: 'partial', nameServers: ['x.ns.test'] },
    ],
  });
  const both = await call(simulator, 'GET', '/zones?name=EXAMPLE.com');
  const own = await call(simulator, 'GET', `/zones?name=example.com&account.id=${defaultAccountId}`);
  const sub = await call(simulator, 'GET', '/zones?name=sub.example.com');
  expect(both.body.result_info).toMatchObject({ total_count: 2 });
  expect(own.body['result']).toMatchObject([{ status: 'active', type: 'full', account: { id: defaultAccountId } }]);
  expect(sub.body['result']).toMatchObject([{ status: 'pending', type: 'partial', name_servers: ['x.ns.test'] }]);
  expect(await call(simulator, 'GET', `/zones/${'0'.repeat(32)}/dns_records`)).toMatchObject({ codes: [9109] });
  expect(await call(simulator, 'GET', '/zones/example.com/dns_records')).toMatchObject({
    status: 400,
    codes: [7003, 7000],
  });
});

test('lists come in pages of the size asked for', async () => {
  const all = await client.listRecords();
  const first = await call(simulator, 'GET', `${records}?per_page=5`);
  const pages = first.body.result_info?.total_pages ?? 0;
  expect(first.body.result_info).toMatchObject({ count: 5, total_count: all.length });
  const collected = [];
  for (let page = 1; page <= pages; page += 1) collected.push(...(await client.listRecords(`per_page=5&page=${page}`)));
  expect(collected).toEqual(all);
  expect(await client.listRecords(`page=${pages + 1}`)).toEqual([]);
  expect(await call(simulator, 'GET', `${records}?per_page=0`)).toMatchObject({ status: 400 });
});

test('filters ignore case, and match all or any of them', async () => {
  const spf = `content.exact=${encodeURIComponent('"MS=MS48213907"')}`;
  expect(await client.listRecords(`type=txt&name.exact=EXAMPLE.com&${spf}&match=all`)).toHaveLength(1);
  expect(await client.listRecords(`type=MX&${spf}`)).toHaveLength(0);
  expect(await client.listRecords(`type=MX&${spf}&match=any`)).toHaveLength(3);
  expect(await client.listRecords('name=mail.example.com')).toHaveLength(1);
});

test('content is kept as it was sent', async () => {
  const chunks = `"${'a'.repeat(255)}" "${'b'.repeat(10)}"`;
  for (const content of ['"quoted value"', 'plain value', chunks, '"géant"']) {
    const created = await add(txt(content, { comment: 'ours' }));
    expect(created.body['result']).toMatchObject({ content, comment: 'ours', ttl: 60, name: 'example.com' });
    expect(await client.listRecords(`content.exact=${encodeURIComponent(content)}`)).toHaveLength(1);
  }
});

test('names may be relative to the zone', async () => {
  expect((await add(txt('"v"', { name: '@' }))).body['result']).toMatchObject({ name: 'example.com' });
  expect((await add(txt('"v"', { name: 'Deep.er' }))).body['result']).toMatchObject({ name: 'deep.er.example.com' });
});

test('an identical record is refused, quoted or not', async () => {
  await add(txt('"same-value"'));
  expect(await add(txt('"same-value"'))).toMatchObject({ status: 400, codes: [81058] });
  expect(await add(txt('same-value'))).toMatchObject({ status: 400, codes: [81058] });
  expect(await add(txt('"same-Value"'))).toMatchObject({ status: 200 });
});

test('a CNAME stands alone', async () => {
  expect(await add(txt('"v"', { name: 'www' }))).toMatchObject({ status: 400, codes: [81053] });
});

test.each([
  ['an unknown type', txt('"v"', { type: 'HINFO' }), '/type'],
  ['no name', txt('"v"', { name: '' }), '/name'],
  ['a name that is none', txt('"v"', { name: 'a b' }), '/name'],
  ['no content', txt(''), '/content'],
  ['quotes that do not match', txt('"half'), '/content'],
  ['a string past 255 bytes', txt(`"${'x'.repeat(256)}"`), '/content'],
  ['an address that is none', txt('1.2.3', { type: 'A' }), '/content'],
  ['an MX without priority', txt('mx.test', { type: 'MX' }), '/priority'],
  ['a TTL below a minute', txt('"v"', { ttl: 59 }), '/ttl'],
  ['a TTL past a day', txt('"v"', { ttl: 86_401 }), '/ttl'],
  ['a long comment', txt('"v"', { comment: 'x'.repeat(101) }), '/comment'],
])('%s is refused, with a pointer to the field', async (_case, body, pointer) => {
  const answer = await add(body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors).toMatchObject([{ source: { pointer } }]);
});

test('a record is deleted once', async () => {
  const { id } = await client.addTxt('"short-lived"');
  const first = await call(simulator, 'DELETE', `${records}/${id}`);
  expect(first).toMatchObject({ status: 200, body: { result: { id } } });
  expect(await call(simulator, 'DELETE', `${records}/${id}`)).toMatchObject({ status: 404, codes: [81044] });
});

test('two simulators start out with the same zone', async () => {
  await using stack = new AsyncDisposableStack();
  const lists = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const fresh = await startSimulator({ domain: 'twin.test' });
    stack.defer(() => fresh.close());
    lists.push(fresh.account.zones.list().map(({ id, records: seeded }) => ({ id, seeded })));
  }
  expect(lists[0]).toEqual(lists[1]);
});
