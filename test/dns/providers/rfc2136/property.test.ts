import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { patient, value } from '../calls.ts';
import { edit, providerAt, recordsAt, startPrimary, targetAt, zoneOf } from './zones.ts';
import { requireInstalled } from '../../servers/installed.ts';
import type { Named } from '../../servers/named.ts';

const bytes = fc.uint8Array({ maxLength: 255 });
const record = fc.array(bytes, { minLength: 1, maxLength: 3 });
const distinct = { selector: (strings: Uint8Array[]) => escapeAll(strings) };
const set = fc.record({
  ttl: fc.integer({ min: 1, max: 604_800 }),
  records: fc.uniqueArray(record, { minLength: 1, maxLength: 20, ...distinct }),
});

/** Every byte in decimal, so that nothing depends on what else a parser makes of it. */
function escapeAll(strings: readonly Uint8Array[]): string {
  return strings.map((string) => `"${Array.from(string, escapeByte).join('')}"`).join(' ');
}

function escapeByte(byte: number): string {
  return `\\${byte.toString().padStart(3, '0')}`;
}

describe.skipIf(!requireInstalled('named', 'nsupdate', 'dig'))(
  'any TXT values beside ours',
  { concurrent: true },
  () => {
    let named: Named;
    beforeAll(async () => {
      named = await startPrimary(zoneOf('example.test'));
    });
    afterAll(async () => {
      await named[Symbol.asyncDispose]();
    });

    test('stay byte for byte, TTL included, while it is published and when it is removed', async () => {
      const provider = providerAt(named, named);
      let names = 0;
      const property = fc.asyncProperty(set, async ({ ttl, records }) => {
        names += 1;
        const name = `n${names}.example.test`;
        const target = targetAt(name, 'example.test');
        await edit(
          named,
          'example.test',
          records.map((strings) => `update add ${name}. ${ttl} TXT ${escapeAll(strings)}`),
        );
        const before = await recordsAt(named, name);
        expect(before).toHaveLength(records.length);

        expect(await provider.publish(target, patient)).toMatchObject({ ours: true });
        expect(await recordsAt(named, name)).toStrictEqual([...before, `${ttl} "${value}"`].toSorted());
        expect(await provider.remove(target, patient)).toBe('removed');
        expect(await recordsAt(named, name)).toStrictEqual(before);
      });
      await fc.assert(property, { numRuns: 25 });
    });

    test('of any bytes are published and removed as they are', async () => {
      const provider = providerAt(named, named);
      const values = fc.string({ unit: 'binary', minLength: 1, maxLength: 400 });
      const property = fc.asyncProperty(values, async (any) => {
        const target = { ...targetAt('any.example.test', 'example.test'), value: any };
        expect(await provider.publish(target, patient)).toMatchObject({ ours: true });
        expect(await provider.find(target, patient)).not.toBeNull();
        expect(await provider.remove(target, patient)).toBe('removed');
        expect(await recordsAt(named, 'any.example.test')).toStrictEqual([]);
      });
      await fc.assert(property, { numRuns: 10 });
    });
  },
);
