import { describe, expect, test } from 'vitest';

import { cloudflareAt, patient, token } from './clients.ts';
import { errorOf } from './errors.ts';
import { startScriptedServer, success } from './scripted-server.ts';
import { startAccount } from './simulated-account.ts';

const documented = {
  id: 'one',
  name: 'example.com',
  type: 'TXT',
  content: '"v=spf1 -all"',
  ttl: 3600,
  comment: 'mail',
  tags: [],
};
const read = { id: 'one', name: 'example.com', content: '"v=spf1 -all"', comment: 'mail' };

async function startZone() {
  const simulator = await startAccount();
  const [zone] = simulator.account.zones.list();
  if (zone === undefined) throw new Error('The account has no zone');
  return { simulator, zone, txtRecords: cloudflareAt(simulator).txtRecords };
}

describe('on the wire', () => {
  test('list asks for the TXT records of a name', async () => {
    const peer = await startScriptedServer(success([documented]));
    expect(await cloudflareAt(peer).txtRecords.list('zone', 'example.com', patient)).toEqual([read]);
    expect(peer.seen).toMatchObject([
      {
        method: 'GET',
        url: '/client/v4/zones/zone/dns_records?type=TXT&name.exact=example.com&per_page=100',
        body: '',
        headers: { authorization: `Bearer ${token}` },
      },
    ]);
  });

  test('create sends the content as it is, with the automatic TTL', async () => {
    const peer = await startScriptedServer(success(documented));
    const record = { name: 'example.com', content: '"a \\"b\\" é"', comment: 'who made it' };
    expect(await cloudflareAt(peer).txtRecords.create('zone', record, patient)).toEqual(read);
    expect(peer.seen).toMatchObject([{ method: 'POST', url: '/client/v4/zones/zone/dns_records' }]);
    expect(JSON.parse(peer.seen[0]?.body ?? '')).toEqual({ type: 'TXT', ttl: 1, ...record });
  });

  test('delete names the record and nothing else', async () => {
    const peer = await startScriptedServer(success(null));
    await cloudflareAt(peer).txtRecords.delete('zone', 'one', patient);
    expect(peer.seen).toMatchObject([{ method: 'DELETE', url: '/client/v4/zones/zone/dns_records/one', body: '' }]);
  });
});

describe('in a zone', () => {
  test('all TXT records of a name are read as they are stored', async () => {
    const { zone, txtRecords } = await startZone();
    const stored = zone.records.filter(({ type, name }) => type === 'TXT' && name === 'example.com');
    expect(stored.length).toBeGreaterThan(10);
    expect(await txtRecords.list(zone.id, 'example.com', patient)).toEqual(
      stored.map(({ id, name, content, comment }) => ({ id, name, content, comment })),
    );
  });

  test('more records than a page holds are read to the last', async () => {
    const { simulator, zone, txtRecords } = await startZone();
    const records = Array.from({ length: 205 }, (_, index) => ({
      type: 'TXT' as const,
      name: 'example.com',
      content: `"value ${index}"`,
    }));
    simulator.account.patch({ zones: [{ name: 'example.com', records }] });
    const listed = await txtRecords.list(zone.id, 'example.com', patient);
    expect(listed.map(({ content }) => content)).toEqual(records.map(({ content }) => content));
    expect(simulator.log.list().map(({ query }) => query['page'])).toEqual([undefined, '2', '3']);
  });

  test('a name without TXT records has none', async () => {
    const { zone, txtRecords } = await startZone();
    expect(await txtRecords.list(zone.id, 'mail.example.com', patient)).toEqual([]);
  });

  test('a record is created beside the others, and deleted again', async () => {
    const { zone, txtRecords } = await startZone();
    const before = zone.records;
    const record = { name: 'example.com', content: '"new"', comment: 'who made it' };
    const created = await txtRecords.create(zone.id, record, patient);
    expect(created).toMatchObject(record);
    expect(zone.records).toEqual([...before, expect.objectContaining({ ...record, id: created.id, ttl: 1 })]);
    await txtRecords.delete(zone.id, created.id, patient);
    expect(zone.records).toEqual(before);
  });

  test('a record that is there already is refused', async () => {
    const { zone, txtRecords } = await startZone();
    const record = { name: 'example.com', content: '"MS=ms48213907"', comment: '' };
    const error = await errorOf(txtRecords.create(zone.id, record, patient));
    expect(error).toMatchObject({ kind: 'refused', status: 400, codes: [81058] });
  });

  test('a record that has gone is a 404', async () => {
    const { zone, txtRecords } = await startZone();
    const error = await errorOf(txtRecords.delete(zone.id, 'f'.repeat(32), patient));
    expect(error).toMatchObject({ kind: 'refused', status: 404, codes: [81044] });
  });
});

describe('an answer in another shape', () => {
  test('may leave the comment out', async () => {
    const peer = await startScriptedServer(success([{ ...documented, comment: undefined }]));
    expect(await cloudflareAt(peer).txtRecords.list('zone', 'example.com', patient)).toEqual([
      { ...read, comment: null },
    ]);
  });

  test('may hold records of other names, which are left out', async () => {
    const other = { ...documented, id: 'two', name: 'team.example.com' };
    const capitals = { ...documented, id: 'three', name: 'Example.COM' };
    const peer = await startScriptedServer(success([other, capitals]));
    const listed = await cloudflareAt(peer).txtRecords.list('zone', 'example.com', patient);
    expect(listed.map(({ id }) => id)).toEqual(['three']);
  });

  test.each(['id', 'name', 'content'])('is malformed without %s', async (field) => {
    const peer = await startScriptedServer(success([{ ...documented, [field]: null }]));
    const error = await errorOf(cloudflareAt(peer).txtRecords.list('zone', 'example.com', patient));
    expect(error.kind).toBe('malformed');
    expect(error.message).toContain(`result.0.${field}: `);
  });
});
