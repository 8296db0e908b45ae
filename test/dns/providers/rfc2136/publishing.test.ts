import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { patient, providerErrorOf, value } from '../calls.ts';
import { edit, providerAt, recordsAt, serialOf, startPrimary, targetAt, zoneOf } from './zones.ts';
import { requireInstalled } from '../../servers/installed.ts';
import { startLossyRelay } from '../../servers/lossy-relay.ts';
import { dig, startNamed } from '../../servers/named.ts';
import type { Named } from '../../servers/named.ts';

/** SPF, verifications of others, several strings, an empty one, and bytes that no encoding knows. */
const crowd = [
  '"v=spf1 include:_spf.example.net -all"',
  '"one" "two" "three"',
  '""',
  '"" "after an empty string"',
  String.raw`"\000\001\127\128\254\255"`,
  String.raw`"quote \" backslash \\ semicolon \; at \@ dollar \$"`,
  `"${'x'.repeat(255)}" "${'y'.repeat(255)}"`,
  ...Array.from({ length: 23 }, (_, index) => `"site-verification-${index}=0123456789abcdef"`),
];
const bulky = Array.from({ length: 30 }, (_, index) => `"${index}-${'z'.repeat(200)}"`);

const zones = [
  zoneOf('crowd.test', [...crowd.map((text) => `@ 1234 TXT ${text}`), 'empty A 192.0.2.1', 'alias CNAME ns']),
  zoneOf(
    'bulky.test',
    bulky.map((text) => `@ 77 TXT ${text}`),
  ),
  zoneOf('chunked.test', [`@ 60 TXT "${value.slice(0, 9)}" "${value.slice(9)}"`, `@ 60 TXT "x" "${value}"`]),
  zoneOf('twice.test', [`@ TXT "${value}"`, `@ TXT "${value.slice(0, 1)}" "" "${value.slice(1)}"`, '@ TXT "other"']),
  zoneOf(
    'shared.test',
    crowd.map((text) => `@ 600 TXT ${text}`),
  ),
  zoneOf('lost.test', ['@ 60 TXT "v=spf1 -all"']),
  zoneOf('reloaded.test', ['@ 60 TXT "v=spf1 -all"']),
  zoneOf('parent.test', ['far NS ns.elsewhere.test.', 'near NS ns.near', 'ns.near A 127.0.0.1']),
  zoneOf('near.parent.test', ['@ TXT "in the child"']),
];

describe.skipIf(!requireInstalled('named', 'nsupdate', 'dig'))('publishing by DNS UPDATE', () => {
  let named: Named;
  beforeAll(async () => {
    named = await startPrimary(...zones);
  });
  afterAll(async () => {
    await named[Symbol.asyncDispose]();
  });

  test.each([
    ['crowd.test', 1234, crowd.length],
    ['bulky.test', 77, bulky.length],
  ])('adds one record beside all others at %s, and takes just that one away again', async (name, ttl, count) => {
    const provider = providerAt(named, named);
    const before = await recordsAt(named, name);
    expect(before).toHaveLength(count);
    expect(await provider.find(targetAt(name), patient)).toBeNull();

    const published = await provider.publish(targetAt(name), patient);
    expect(published).toStrictEqual({ recordId: null, changeId: null, ours: true });
    expect(await recordsAt(named, name)).toStrictEqual([...before, `${ttl} "${value}"`].toSorted());
    expect(await provider.find(targetAt(name), patient)).toStrictEqual({ recordId: null });

    expect(await provider.remove(targetAt(name), patient)).toBe('removed');
    expect(await recordsAt(named, name)).toStrictEqual(before);
    expect(await provider.remove(targetAt(name), patient)).toBe('absent');
  });

  test.each(['empty.crowd.test', 'unheard-of.crowd.test'])('gives the first value of %s five minutes', async (name) => {
    const target = targetAt(name, 'crowd.test');
    expect(await providerAt(named, named).publish(target, patient)).toMatchObject({ ours: true });
    expect(await recordsAt(named, name)).toStrictEqual([`300 "${value}"`]);
    expect(await providerAt(named, named).remove(target, patient)).toBe('removed');
    expect(await recordsAt(named, name)).toStrictEqual([]);
  });

  test('cuts a value of more than 255 bytes into strings, without regard to its characters', async () => {
    const target = {
      ...targetAt('long.crowd.test', 'crowd.test'),
      value: `${'é'.repeat(200)}"\\;\n${'z'.repeat(300)}`,
    };
    await providerAt(named, named).publish(target, patient);
    expect(await providerAt(named, named).find(target, patient)).not.toBeNull();
    const [record, ...others] = await recordsAt(named, 'long.crowd.test');
    expect(others).toStrictEqual([]);
    expect(record?.match(/"(?:[^"\\]|\\.)*"/gu)).toHaveLength(3);
    expect(await providerAt(named, named).remove(target, patient)).toBe('removed');
  });

  test('leaves a value that is there alone, and calls it its own only after an earlier attempt', async () => {
    const provider = providerAt(named, named);
    const target = targetAt('chunked.test');
    const serial = await serialOf(named, 'chunked.test');
    expect(await provider.publish(target, patient)).toMatchObject({ ours: false });
    expect(await provider.publish(target, { ...patient, mayHaveWritten: true })).toMatchObject({ ours: true });
    expect(await serialOf(named, 'chunked.test')).toBe(serial);
  });

  test('removes a value that is stored in other strings, and no value that merely holds it', async () => {
    expect(await providerAt(named, named).remove(targetAt('chunked.test'), patient)).toBe('removed');
    expect(await recordsAt(named, 'chunked.test')).toStrictEqual([`60 "x" "${value}"`]);
  });

  test('removes every record that stands for the value', async () => {
    expect(await providerAt(named, named).remove(targetAt('twice.test'), patient)).toBe('removed');
    expect(await recordsAt(named, 'twice.test')).toStrictEqual(['3600 "other"']);
  });

  test('keeps both values, and all others, when two runs publish at once', async () => {
    const name = 'shared.test';
    const before = await recordsAt(named, name);
    for (let round = 0; round < 20; round += 1) {
      const targets = ['one', 'two'].map((who) => ({ ...targetAt(name), value: `${who}-${round}` }));
      const providers = targets.map(() => providerAt(named, named));
      await Promise.all(targets.map(async (target, index) => await providers[index]?.publish(target, patient)));
      const both = targets.map((target) => `600 "${target.value}"`);
      expect(await recordsAt(named, name)).toStrictEqual([...before, ...both].toSorted());
      await edit(
        named,
        name,
        targets.map((target) => `update delete ${name} TXT "${target.value}"`),
      );
    }
    expect(await recordsAt(named, name)).toStrictEqual(before);
  });

  test('adds the value once when the answer to the first attempt is lost', async () => {
    await using relay = await startLossyRelay(named);
    const provider = providerAt(relay.server, named);
    relay.tcp.freeze('answers');
    const lost = await providerErrorOf(
      provider.publish(targetAt('lost.test'), { ...patient, timeoutMilliseconds: 1000 }),
    );
    expect(lost).toMatchObject({ name: 'ProviderError', kind: 'unavailable' });
    const records = ['60 "v=spf1 -all"', `60 "${value}"`].toSorted();
    expect(await recordsAt(named, 'lost.test')).toStrictEqual(records);

    const again = await providerAt(named, named).publish(targetAt('lost.test'), { ...patient, mayHaveWritten: true });
    expect(again).toMatchObject({ ours: true });
    expect(await recordsAt(named, 'lost.test')).toStrictEqual(records);
  });

  test('does not take an update for one without effect when the primary refuses to show what became of it', async () => {
    await using relay = await startLossyRelay(named);
    const target = targetAt('reloaded.test');
    relay.refuseAfter(1);
    const unseen = await providerErrorOf(providerAt(relay.server, named).publish(target, patient));
    expect(unseen).toMatchObject({ kind: 'unavailable' });
    const again = await providerAt(named, named).publish(target, { ...patient, mayHaveWritten: true });
    expect(again).toMatchObject({ ours: true });
    expect(await providerAt(named, named).remove(target, patient)).toBe('removed');
    expect(await recordsAt(named, 'reloaded.test')).toStrictEqual(['60 "v=spf1 -all"']);
  });

  test('finds nothing to remove where a CNAME has come to stand', async () => {
    expect(await providerAt(named, named).remove(targetAt('alias.crowd.test', 'crowd.test'), patient)).toBe('absent');
  });

  test('removes a value that stands in a view which only the key leads to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sso-views-'));
    const views = ['outside', 'inside'].map((view) => ({ view, file: join(folder, view) }));
    await Promise.all(views.map(async ({ file }) => await writeFile(file, zoneOf('views.test').text ?? '')));
    const extra = views.map(({ view, file }) => {
      const clients = view === 'outside' ? 'key "test-key"' : 'any';
      const zone = `zone "views.test" { type primary; file "${file}"; allow-update { key "test-key"; }; };`;
      return `view "${view}" { match-clients { ${clients}; }; ${zone} };`;
    });
    await using server = await startNamed({ zones: [], extra: extra.join('\n') });
    const provider = providerAt(server, server);
    // Accepted in the outer view, and searched for in the inner one.
    const unseen = await providerErrorOf(provider.publish(targetAt('views.test'), patient));
    expect(unseen).toMatchObject({ kind: 'unavailable' });
    expect(unseen.remedy).toContain('views');
    const outside = async () => await dig(server, 'views.test', 'TXT', '+short', '-k', server.keyFile);
    expect(await outside()).toContain(value);
    await provider.remove(targetAt('views.test'), patient);
    expect(await outside()).toBe('');
    await rm(folder, { recursive: true });
  });

  test('does not publish at a CNAME', async () => {
    const error = await providerErrorOf(
      providerAt(named, named).publish(targetAt('alias.crowd.test', 'crowd.test'), patient),
    );
    expect(error).toMatchObject({ kind: 'refused' });
    expect(String(error)).toContain('has a CNAME to ns.crowd.test at alias.crowd.test');
    expect(await recordsAt(named, 'alias.crowd.test')).toStrictEqual([]);
  });

  test('does not publish below a delegation', async () => {
    const error = await providerErrorOf(
      providerAt(named, named).publish(targetAt('far.parent.test', 'parent.test'), patient),
    );
    // A server that reloads answers like that, too.
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(String(error)).toContain('only refers to the servers of far.parent.test');
  });

  test('notices by reading back that a change was accepted and not made', async () => {
    const error = await providerErrorOf(
      providerAt(named, named).publish(targetAt('near.parent.test', 'parent.test'), patient),
    );
    expect(error).toMatchObject({ kind: 'refused' });
    expect(String(error)).toContain('did nothing: the name has moved from parent.test to near.parent.test');
    expect(await recordsAt(named, 'near.parent.test')).toStrictEqual(['3600 "in the child"']);
  });
});
