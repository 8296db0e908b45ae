import { afterAll, expect, test } from 'vitest';
import { defaultAccountId, startSimulator } from '../../simulator/simulator.ts';
import { call, clientOf } from './clients.ts';

const simulator = await startSimulator();
afterAll(async () => await simulator.close());
const client = clientOf(simulator);
const records = `/zones/${await client.zoneId()}/dns_records`;

const txt = (content: string, rest: object = {}) => ({ type: 'TXT', name: 'example.com', content, ttl: 60, ...rest });
const add = async (body: object) => await call(simulator, 'POST', records, { body });

test('zones of every account are found by their exact name', async () => {
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

test('lists are returned in pages of the requested size', async () => {
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

test('filters ignore case, and all or any of them must match', async () => {
  const spf = `content.exact=${encodeURIComponent('"MS=MS48213907"')}`;
  expect(await client.listRecords(`type=txt&name.exact=EXAMPLE.com&${spf}&match=all`)).toHaveLength(1);
  expect(await client.listRecords(`type=MX&${spf}`)).toHaveLength(0);
  expect(await client.listRecords(`type=MX&${spf}&match=any`)).toHaveLength(3);
  expect(await client.listRecords('name=mail.example.com')).toHaveLength(1);
});

test('content is stored as it was sent', async () => {
  const chunks = `"${'a'.repeat(255)}" "${'b'.repeat(10)}"`;
  for (const content of ['"quoted value"', 'plain value', chunks, '"géant"']) {
    const created = await add(txt(content, { comment: 'ours' }));
    expect(created.body['result']).toMatchObject({ content, comment: 'ours', ttl: 60, name: 'example.com' });
    expect(await client.listRecords(`content.exact=${encodeURIComponent(content)}`)).toHaveLength(1);
  }
});

test('names can be relative to the zone', async () => {
  expect((await add(txt('"v"', { name: '@' }))).body['result']).toMatchObject({ name: 'example.com' });
  expect((await add(txt('"v"', { name: 'Deep.er' }))).body['result']).toMatchObject({ name: 'deep.er.example.com' });
});

test('an identical record is refused, quoted or not', async () => {
  await add(txt('"same-value"'));
  expect(await add(txt('"same-value"'))).toMatchObject({ status: 400, codes: [81058] });
  expect(await add(txt('same-value'))).toMatchObject({ status: 400, codes: [81058] });
  expect(await add(txt('"same-Value"'))).toMatchObject({ status: 200 });
});

test('a record at the name of a CNAME is refused', async () => {
  expect(await add(txt('"v"', { name: 'www' }))).toMatchObject({ status: 400, codes: [81053] });
});

test.each([
  ['an unknown type', txt('"v"', { type: 'HINFO' }), '/type'],
  ['no name', txt('"v"', { name: '' }), '/name'],
  ['an invalid name', txt('"v"', { name: 'a b' }), '/name'],
  ['no content', txt(''), '/content'],
  ['quotes that do not match', txt('"half'), '/content'],
  ['a string of more than 255 bytes', txt(`"${'x'.repeat(256)}"`), '/content'],
  ['an invalid IPv4 address', txt('1.2.3', { type: 'A' }), '/content'],
  ['no priority for an MX', txt('mx.test', { type: 'MX' }), '/priority'],
  ['a TTL of less than a minute', txt('"v"', { ttl: 59 }), '/ttl'],
  ['a TTL of more than a day', txt('"v"', { ttl: 86_401 }), '/ttl'],
  ['a comment of more than 100 characters', txt('"v"', { comment: 'x'.repeat(101) }), '/comment'],
])('a record with %s is refused with a pointer to the field', async (_case, body, pointer) => {
  const response = await add(body);
  expect(response.status).toBe(400);
  expect(response.body.errors).toMatchObject([{ source: { pointer } }]);
});

test('deleting a record again fails with 404', async () => {
  const { id } = await client.addTxt('"short-lived"');
  const first = await call(simulator, 'DELETE', `${records}/${id}`);
  expect(first).toMatchObject({ status: 200, body: { result: { id } } });
  expect(await call(simulator, 'DELETE', `${records}/${id}`)).toMatchObject({ status: 404, codes: [81044] });
});

test('two simulators start with the same zone', async () => {
  await using stack = new AsyncDisposableStack();
  const lists = [];
  for (let count = 0; count < 2; count += 1) {
    const other = await startSimulator({ domain: 'twin.test' });
    stack.defer(() => other.close());
    lists.push(other.account.zones.list().map(({ id, records: seeded }) => ({ id, seeded })));
  }
  expect(lists[0]).toEqual(lists[1]);
});
