import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { patient, value } from '../calls.ts';
import { providerIn, runId, startPeer, startZone } from './zones.ts';
import { requireInstalled } from '../../servers/installed.ts';
import { requireMoto, startMoto } from '../../servers/moto-process.ts';
import type { Moto } from '../../servers/moto-process.ts';
import { dig, startNamed } from '../../servers/named.ts';
import { addableZones } from '../../servers/route53-dns.ts';

const hasMoto = requireMoto();
let moto: Moto;
beforeAll(async () => {
  if (hasMoto) moto = await startMoto();
});
afterAll(async () => await moto?.[Symbol.asyncDispose]());

const ours = `"${value}"`;
/** As Route 53 lists them: octal escapes, several strings, nothing at all, and what XML has other uses for. */
const others = [
  '"v=spf1 include:_spf.example.net -all"',
  String.raw`"caf\303\251 \"quoted\" and \\ and \011"`,
  '"first half, " "second half"',
  '""',
  '"a<b>&amp;\'c"',
  String.raw`"\101\102C"`,
];

function a(name: string) {
  return { Name: name, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
}

describe.skipIf(!hasMoto)('the provider route53, against moto', () => {
  test('adds the value to the others, which stay as they are written, with their TTL', async () => {
    const { provider, target, written } = await startZone(moto, others);
    const { recordId, changeId, ours: isOurs } = await provider.publish(target, patient);
    expect({ recordId, isOurs }).toEqual({ recordId: null, isOurs: true });
    expect(changeId).toMatch(/^C[0-9A-F]+$/u);
    expect(await written()).toEqual({ ttl: 3600, values: [...others, ours] });
  });

  test('begins a set where there is none', async () => {
    const { provider, target, written } = await startZone(moto, []);
    expect(await provider.publish(target, patient)).toMatchObject({ ours: true });
    expect(await written()).toEqual({ ttl: 300, values: [ours] });
  });

  test('names the product and the run in the comment of the change', async () => {
    const { peer, provider, target } = await startZone(moto, others);
    await provider.publish(target, patient);
    expect(peer.comments).toEqual([`cloudflare-sso-onboarding run ${runId}`]);
  });

  test.each([
    ['in one string', ours],
    ['in two strings', `"${value.slice(0, 10)}" "${value.slice(10)}"`],
    ['with escapes', `"${value.replaceAll('_', String.raw`\137`)}"`],
  ])('writes nothing when somebody has the value there already, %s', async (_, text) => {
    const { provider, target, changes } = await startZone(moto, [...others, text]);
    expect(await provider.find(target, patient)).toEqual({ recordId: null });
    expect(await provider.publish(target, patient)).toEqual({ recordId: null, changeId: null, ours: false });
    expect(changes()).toBe(0);
  });

  test.each([
    ['in capitals', `"${value.toUpperCase()}"`],
    ['with more at its end', `"${value}x"`],
    ['with a space in it', `"${value.slice(0, 10)} " "${value.slice(10)}"`],
  ])('adds the value beside one like it: %s', async (_, text) => {
    const { provider, target, written } = await startZone(moto, [text]);
    expect(await provider.find(target, patient)).toBeNull();
    await provider.publish(target, patient);
    expect(await written()).toMatchObject({ values: [text, ours] });
    expect(await provider.find(target, patient)).toEqual({ recordId: null });
  });

  test('takes its value away, and leaves the others as they are written', async () => {
    const { provider, target, published, written } = await startZone(moto, others);
    await provider.publish(target, patient);
    expect(await provider.remove(published, patient)).toBe('removed');
    expect(await written()).toEqual({ ttl: 3600, values: others });
    expect(await provider.remove(published, patient)).toBe('absent');
  });

  test('takes the set away with its last value', async () => {
    const { provider, target, published, written } = await startZone(moto, []);
    await provider.publish(target, patient);
    expect(await provider.remove(published, patient)).toBe('removed');
    expect(await written()).toBeNull();
    expect(await provider.remove(published, patient)).toBe('absent');
    expect(await provider.publish(target, patient)).toMatchObject({ ours: true });
  });

  test('leaves other names alone, whatever stands there and on however many pages', async () => {
    const { peer, zoneId, provider, target, published, written } = await startZone(moto, others, { pageSize: 2 });
    await peer.put(zoneId, a('example.test'));
    await peer.put(zoneId, a('www.example.test'));
    await peer.put(zoneId, { ...a('sub.example.test'), Type: 'TXT', ResourceRecords: [{ Value: ours }] });
    expect(await provider.find(target, patient)).toBeNull();
    await provider.publish(target, patient);
    const [own, sub] = await peer.txtSets(zoneId);
    expect(own?.ResourceRecords).toHaveLength(others.length + 1);
    expect(sub).toMatchObject({ Name: 'sub.example.test.', ResourceRecords: [{ Value: ours }] });
    expect(await provider.remove(published, patient)).toBe('removed');
    expect(await provider.remove({ ...published, name: 'none.example.test' }, patient)).toBe('absent');
    expect(await peer.txtSets(zoneId)).toHaveLength(2);
    expect(sub).toEqual((await peer.txtSets(zoneId))[1]);
    await expect(written()).rejects.toThrow('More than one');
  });

  test('says when a change has come to all servers, and takes one that is forgotten for such', async () => {
    const { provider, target } = await startZone(moto, others, { pendingQueries: 2 });
    const { changeId } = await provider.publish(target, patient);
    const answers = [];
    for (let query = 0; query < 4; query += 1) answers.push(await provider.hasSpread?.(changeId ?? '', patient));
    expect(answers).toEqual([false, false, true, true]);
    expect(await provider.hasSpread?.('C0123456789ABCDEFGHIJ', patient)).toBe(true);
  });

  test('leaves any values as they are written, when its own comes and goes', async () => {
    const peer = await startPeer(moto);
    const zoneId = await peer.createZone('example.test');
    const provider = providerIn(peer);
    const octal = fc.integer({ min: 0, max: 255 }).map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
    const printable = fc
      .integer({ min: 0x20, max: 0x7e })
      .map((code) => String.fromCodePoint(code).replace(/["\\]/u, String.raw`\$&`));
    const string = fc.array(fc.oneof(printable, octal), { maxLength: 40 }).map((pieces) => `"${pieces.join('')}"`);
    const text = fc.array(string, { minLength: 1, maxLength: 3 }).map((strings) => strings.join(' '));
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(text, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 99_999 }),
        async (texts, ttl) => {
          round += 1;
          const name = `n${round}.example.test`;
          const set = {
            Name: name,
            Type: 'TXT' as const,
            TTL: ttl,
            ResourceRecords: texts.map((Value) => ({ Value })),
          };
          await peer.put(zoneId, set);
          const target = { zone: { apex: 'example.test', zoneId }, shown: null, name, value, runId };
          const listed = async () => (await peer.txtSets(zoneId)).find((other) => other.Name === `${name}.`);
          const before = await listed();
          expect(before?.ResourceRecords).toEqual(set.ResourceRecords);
          await provider.publish(target, patient);
          expect(await listed()).toEqual({ ...before, ResourceRecords: [...set.ResourceRecords, { Value: ours }] });
          expect(await provider.remove({ ...target, recordId: null }, patient)).toBe('removed');
          expect(await listed()).toEqual(before);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('works with what the AWS variables of its process say', async () => {
    const { peer, target } = await startZone(moto, others);
    const source = fileURLToPath(new URL('../../../../src/dns/providers/route53/provider.ts', import.meta.url));
    const options =
      '{ signal: new AbortController().signal, timeoutMilliseconds: 30000, mayHaveWritten: false, aboutToWrite() {} }';
    const script = `
      const { createRoute53Provider } = await import(${JSON.stringify(source)});
      const publication = await createRoute53Provider().publish(${JSON.stringify(target)}, ${options});
      process.stdout.write(JSON.stringify(publication.ours));`;
    const env = { PATH: process.env['PATH'], ...peer.environment };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
    expect(stdout).toBe('true');
    expect(peer.calls).toEqual(['ListResourceRecordSets', 'ChangeResourceRecordSets']);
  });
});

describe.skipIf(!hasMoto || !requireInstalled('named', 'rndc', 'nsupdate', 'dig'))('in DNS, served by BIND', () => {
  test('the value stands beside the others, and they are the same before and after', async () => {
    await using named = await startNamed({ zones: [], options: addableZones });
    const { provider, target, published } = await startZone(moto, others, { named });
    const odd = `${value} "ü" \\ 100 % \u0007`;
    const ask = async () => (await dig(named, 'example.test', 'TXT', '+short')).split('\n').filter(Boolean).toSorted();
    const before = await ask();
    expect(before).toHaveLength(others.length);
    await provider.publish({ ...target, value: odd }, patient);
    const after = await ask();
    expect(after.filter((line) => !before.includes(line))).toEqual([String.raw`"${value} \"\195\188\" \\ 100 % \007"`]);
    expect(after).toHaveLength(others.length + 1);
    await provider.remove({ ...published, value: odd }, patient);
    expect(await ask()).toEqual(before);
  });
});
