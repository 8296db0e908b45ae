import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { patient, providerErrorOf, value } from '../calls.ts';
import { providerIn, startPeer, startZone } from './zones.ts';
import type { ProviderErrorKind } from '../../../../src/dns/publishing/provider-error.ts';
import type { Route53Fault } from '../../servers/moto.ts';
import { requireMoto, startMoto } from '../../servers/moto-process.ts';
import type { Moto } from '../../servers/moto-process.ts';

const hasMoto = requireMoto();
let moto: Moto;
beforeAll(async () => {
  if (hasMoto) moto = await startMoto();
});
afterAll(async () => await moto?.[Symbol.asyncDispose]());

const ours = `"${value}"`;
const spf = '"v=spf1 -all"';
const theirs = '"theirs"';
const manyValues = Array.from({ length: 500 }, (_, index) => `"${index}"`);
const plain = (...values: string[]) => ({ Name: 'example.test', ResourceRecords: values.map((Value) => ({ Value })) });
const retrying = { ...patient, mayHaveWritten: true };

describe.skipIf(!hasMoto)('somebody else changes the values at the same time', () => {
  test('both of two values that are published at once are kept, 20 times over', async () => {
    const { peer, zoneId, provider, target } = await startZone(moto, []);
    for (let round = 0; round < 20; round += 1) {
      const name = `n${round}.example.test`;
      await peer.put(zoneId, { Name: name, Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: spf }] });
      const both = [
        { ...target, name },
        { ...target, name, value: 'theirs' },
      ];
      const publications = await Promise.all(both.map(async (one) => await provider.publish(one, patient)));
      expect(publications.map((publication) => publication.ours)).toEqual([true, true]);
      const set = (await peer.txtSets(zoneId)).find((other) => other.Name === `${name}.`);
      const values = set?.ResourceRecords?.map(({ Value: text }) => text) ?? [];
      expect(values[0]).toBe(spf);
      expect(new Set(values.slice(1))).toEqual(new Set([ours, theirs]));
      expect(values).toHaveLength(3);
    }
  });

  test.each([
    ['adds a value', [spf], [spf, theirs], [spf, theirs, ours]],
    ['takes a value away', [spf, theirs], [theirs], [theirs, ours]],
    ['begins the set', [], [theirs], [theirs, ours]],
  ])('between the query and the change, and %s: the change is computed again', async (_, before, between, after) => {
    const { peer, provider, target, published, write, written, changes } = await startZone(moto, before);
    peer.fail('ChangeResourceRecordSets', async () => await write(between));
    expect(await provider.publish(target, patient)).toMatchObject({ ours: true });
    expect(await written()).toMatchObject({ values: after });
    expect(changes()).toBe(2);
    peer.fail('ChangeResourceRecordSets', async () => await write([...after, '"later"']));
    expect(await provider.remove(published, patient)).toBe('removed');
    expect(await written()).toMatchObject({ values: [...between, '"later"'] });
  });

  test('between the query and the change, and sets another TTL: the value is added with that', async () => {
    const { peer, provider, target, write, written } = await startZone(moto, [spf]);
    peer.fail('ChangeResourceRecordSets', async () => await write([spf], 7));
    await provider.publish(target, patient);
    expect(await written()).toEqual({ ttl: 7, values: [spf, ours] });
  });

  test('between the query and the change, and adds this very value: it is not of this run', async () => {
    const { peer, provider, target, write, written } = await startZone(moto, [spf]);
    peer.fail('ChangeResourceRecordSets', async () => await write([ours, spf]));
    expect(await provider.publish(target, patient)).toEqual({ recordId: null, changeId: null, ours: false });
    expect(await written()).toMatchObject({ values: [ours, spf] });
  });

  test('the older form of that refusal is understood, too', async () => {
    const { peer, provider, target, written } = await startZone(moto, [spf]);
    const message = "Tried to delete resource record set [name='example.test.', type='TXT'] but it was not found";
    peer.fail('ChangeResourceRecordSets', { status: 400, code: 'InvalidChangeBatch', message, form: 'batch' });
    await provider.publish(target, patient);
    expect(await written()).toMatchObject({ values: [spf, ours] });
  });

  test('again and again: after a few attempts the race counts as lost, and nothing was done', async () => {
    const { peer, provider, target, write, written } = await startZone(moto, [spf]);
    for (let lost = 1; lost <= 5; lost += 1) {
      peer.fail('ChangeResourceRecordSets', async () => await write([spf, `"${lost}"`]));
    }
    const error = await providerErrorOf(provider.publish(target, patient));
    expect(error.kind).toBe('conflict');
    expect(error.message).toMatch(/somebody else.*do not match the current values/u);
    expect(await written()).toMatchObject({ values: [spf, '"5"'] });
  });
});

describe.skipIf(!hasMoto)('the answer is lost', () => {
  test('to a publishing: the next attempt finds the value, which is its own, and adds nothing', async () => {
    const { peer, provider, target, written, changes } = await startZone(moto, [spf]);
    peer.fail('ChangeResourceRecordSets', 'reset after');
    expect(await providerErrorOf(provider.publish(target, patient))).toMatchObject({ kind: 'unavailable' });
    expect(await provider.publish(target, retrying)).toEqual({ recordId: null, changeId: null, ours: true });
    expect(await written()).toMatchObject({ values: [spf, ours] });
    expect(changes()).toBe(1);
  });

  test('to a removal: the next attempt finds nothing to remove', async () => {
    const { peer, provider, published, written, changes } = await startZone(moto, [spf, ours]);
    peer.fail('ChangeResourceRecordSets', 'reset after');
    expect(await providerErrorOf(provider.remove(published, patient))).toMatchObject({ kind: 'unavailable' });
    expect(await provider.remove(published, retrying)).toBe('absent');
    expect(await written()).toMatchObject({ values: [spf] });
    expect(changes()).toBe(1);
  });
});

describe.skipIf(!hasMoto)('an outage that may pass is not taken for a refusal', () => {
  test.each<[string, Route53Fault, ProviderErrorKind?]>([
    ['throttled', { status: 400, code: 'Throttling', message: 'Rate exceeded' }, 'busy'],
    ['another change of the zone is not complete', { status: 400, code: 'PriorRequestNotComplete' }, 'busy'],
    ['in trouble', { status: 500, code: 'InternalFailure' }],
    ['overloaded', { status: 503, code: 'ServiceUnavailable' }],
    ['too many requests', { status: 429, code: 'Slow' }],
    ['a gateway that answers in its place', { status: 502, body: '<html><body>Bad Gateway</body></html>' }],
    ['a gateway that answers with plain text', { status: 502, body: 'bad gateway' }],
    ['a proxy that refuses in its place', { status: 407, body: '<html><body>Who are you?</body></html>' }],
    ['a proxy that refuses in plain text', { status: 407, body: 'who are you?' }],
    ['somebody else answers with a page', { status: 200, body: '<html><body>Welcome!</body></html>' }],
    ['somebody else answers with nothing', { status: 200, body: '' }],
    ['somebody else answers with plain text', { status: 200, body: 'hello' }],
    ['the connection is reset', 'reset before'],
  ])('%s: not taken for a refusal, for reads and writes', async (_, fault, kind = 'unavailable') => {
    const { peer, provider, target, published, written } = await startZone(moto, [spf]);
    peer.fail('ListResourceRecordSets', fault);
    expect(await providerErrorOf(provider.find(target, patient))).toMatchObject({ kind });
    peer.fail('ChangeResourceRecordSets', fault);
    expect(await providerErrorOf(provider.publish(target, patient))).toMatchObject({ kind });
    peer.fail('GetChange', fault);
    const spread = provider.hasSpread?.('C1', patient) ?? Promise.resolve();
    expect(await providerErrorOf(spread)).toMatchObject({ kind });
    expect(await provider.remove(published, patient)).toBe('absent');
    expect(await written()).toMatchObject({ values: [spf] });
  });

  test('nothing listens: nothing was done, and once it does, it works', async () => {
    const { peer, provider, target } = await startZone(moto, [spf]);
    const bringBack = peer.takeDown();
    expect(await providerErrorOf(provider.publish(target, patient))).toMatchObject({ kind: 'unavailable' });
    bringBack();
    expect(await provider.publish(target, patient)).toMatchObject({ ours: true });
    await using gone = await startPeer(moto);
    const orphan = providerIn(gone);
    await gone[Symbol.asyncDispose]();
    const error = await providerErrorOf(orphan.find(target, patient));
    expect(error).toMatchObject({ kind: 'busy' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('no answer in time: unavailable, and it says how long that was', async () => {
    const { peer, provider, target } = await startZone(moto, [spf]);
    peer.fail('ListResourceRecordSets', 'hang');
    const error = await providerErrorOf(provider.find(target, { ...patient, timeoutMilliseconds: 200 }));
    expect(error).toMatchObject({ kind: 'unavailable', message: 'Route 53: no answer within 0.2 s' });
  });

  test('a call that is stopped ends with the reason for that', async () => {
    const { peer, provider, target } = await startZone(moto, [spf]);
    const stop = new AbortController();
    const reason = new Error('cancelled');
    peer.fail('ListResourceRecordSets', 'hang');
    const call = provider.publish(target, { ...patient, signal: stop.signal });
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect(provider.find(target, { ...patient, signal: stop.signal })).rejects.toBe(reason);
  });

  test('a zone that is gone: refused, naming it', async () => {
    const { peer, provider, target } = await startZone(moto, []);
    const message = `No hosted zone found with ID: ${target.zone.zoneId}`;
    peer.fail('ListResourceRecordSets', { status: 404, code: 'NoSuchHostedZone', message });
    const error = await providerErrorOf(provider.publish(target, patient));
    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).toContain(message);
  });

  test.each<[string, ResourceRecordSet]>([
    ['a weighted set', { Type: 'TXT', SetIdentifier: 'blue', Weight: 1, TTL: 60, ...plain('"a"') }],
    ['a CNAME', { Type: 'CNAME', TTL: 60, ...plain('other.test.') }],
    ['values up to the most that one change can have', { Type: 'TXT', TTL: 60, ...plain(...manyValues) }],
  ])('%s at the name: refused, before anything is sent', async (_, set) => {
    const { peer, zoneId, provider, target, published, changes } = await startZone(moto, []);
    await peer.put(zoneId, { ...set, Name: 'example.test' });
    expect(await providerErrorOf(provider.publish(target, patient))).toMatchObject({ kind: 'refused' });
    expect(await provider.remove(published, patient)).toBe('absent');
    expect(changes()).toBe(0);
  });
});
