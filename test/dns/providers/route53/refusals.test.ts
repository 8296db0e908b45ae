import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';

import { ProviderError } from '../../../../src/dns/publishing/provider-error.ts';
import { changesToAdd, changesToRemove, hasValue } from '../../../../src/dns/providers/route53/sets.ts';

const name = 'example.test';
const value = 'cloudflare_dashboard_sso=Zk3rW0q7XcVbN5mLp1sT9yHf';

function txt(values: string[], more: Partial<ResourceRecordSet> = {}): ResourceRecordSet {
  const records = values.map((text) => ({ Value: `"${text}"` }));
  return { Name: `${name}.`, Type: 'TXT', TTL: 60, ResourceRecords: records, ...more };
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index}`.padStart(4, '0'));
}

function refusalOf(work: () => unknown): ProviderError {
  try {
    work();
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

describe('sets that are not one plain list of values are left as they are', () => {
  test.each<[string, ResourceRecordSet[], RegExp]>([
    ['a weighted set', [txt(['a', value], { SetIdentifier: 'blue', Weight: 1 })], /SetIdentifier, Weight/u],
    [
      'one of several sets',
      [txt([value], { SetIdentifier: 'eu' }), txt(['b'], { SetIdentifier: 'us' })],
      /2 sets with routing policies/u,
    ],
    ['a set of a traffic policy', [txt([value], { TrafficPolicyInstanceId: 'i' })], /TrafficPolicyInstanceId/u],
    ['whatever Route 53 comes to have', [txt([value], Object.fromEntries([['NewPolicy', 1]]))], /NewPolicy/u],
  ])('%s', (_, sets, message) => {
    for (const work of [() => changesToAdd(sets, name, 'another'), () => changesToRemove(sets, name, value)]) {
      const error = refusalOf(work);
      expect(error).toMatchObject({ kind: 'refused' });
      expect(error.message).toMatch(message);
      expect(error.message).toContain(name);
      expect(error.remedy).toContain('by hand');
    }
    expect(hasValue(sets, value)).toBe(true);
  });

  test('an alias', () => {
    const target = { HostedZoneId: 'Z1', DNSName: 'other.test.', EvaluateTargetHealth: false };
    const { TTL: _ttl, ResourceRecords: _records, ...alias } = txt([], { AliasTarget: target });
    expect(refusalOf(() => changesToAdd([alias], name, value)).message).toContain('AliasTarget');
    expect(hasValue([alias], value)).toBe(false);
  });

  test('a CNAME, beside which nothing can stand', () => {
    const cname: ResourceRecordSet = { ...txt([]), Type: 'CNAME', ResourceRecords: [{ Value: 'other.test.' }] };
    const error = refusalOf(() => changesToAdd([cname], name, value));
    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).toContain('CNAME');
  });

  test('policies on sets of other types are nobody’s business here', () => {
    const a: ResourceRecordSet = {
      ...txt([]),
      Type: 'A',
      SetIdentifier: 'eu',
      ResourceRecords: [{ Value: '192.0.2.1' }],
    };
    expect(changesToAdd([a, a, txt(['a'])], name, value)).toHaveLength(2);
  });
});

describe('what is more than Route 53 takes is not sent', () => {
  const long = 'x'.repeat(255);
  test('a value of more than 4,000 characters as it is written', () => {
    expect(changesToAdd([], name, 'ü'.repeat(490))).toHaveLength(1);
    const error = refusalOf(() => changesToAdd([], name, 'ü'.repeat(500)));
    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).toMatch(/4011 characters, and Route 53 accepts 4000/u);
  });

  test('more than 32,000 characters in the old set and the new one', () => {
    // 62 values of 257 characters are 15,934, twice; then the new one.
    const sets = [txt(many(62).map((text) => text + long.slice(4)))];
    expect(changesToAdd(sets, name, value)).toHaveLength(2);
    const error = refusalOf(() => changesToAdd(sets, name, 'y'.repeat(149)));
    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).toMatch(/32019 characters, and Route 53 changes 32000/u);
  });

  test('more than 1,000 values in the old set and the new one', () => {
    expect(changesToAdd([txt(many(499))], name, value)).toHaveLength(2);
    expect(refusalOf(() => changesToAdd([txt(many(500))], name, value)).message).toMatch(/are 1001/u);
  });
});
