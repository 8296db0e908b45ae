import { describe, expect, test } from 'vitest';
import { faultRule, type FaultRule, Faults, matches } from '../../simulator/faults.ts';

const rule = (rest: Partial<FaultRule>): FaultRule => ({ when: 'before', fault: 'reset', ...rest });

/** For each call, the id of the rule whose fault it got. */
const takeMany = (faults: Faults, calls: number) =>
  Array.from({ length: calls }, () => faults.take('GET', '/zones')?.ruleId ?? null);

describe('matches', () => {
  test.each([
    [{}, 'GET', '/zones', true],
    [{ method: 'POST' }, 'GET', '/zones', false],
    [{ method: 'get' }, 'GET', '/zones', true],
    [{ path: '/zones' }, 'GET', '/zones', true],
    [{ path: '/zones' }, 'GET', '/zones/1', false],
    [{ path: '/zones/*' }, 'GET', '/zones', false],
    [{ path: '/zones/*/dns_records' }, 'GET', '/zones/1/dns_records', true],
    [{ path: '/zones/*/dns_records' }, 'GET', '/zones/1/2/dns_records', false],
  ])('%j matches %s %s: %j', (rest, method, path, expected) => {
    expect(matches(rule(rest), method, path)).toBe(expected);
  });
});

describe('take', () => {
  test.each([
    [{}, [true, false, false, false]],
    [{ nth: 2 }, [false, true, false, false]],
    [{ times: 2 }, [true, true, false, false]],
    [{ nth: 2, times: 2 }, [false, true, true, false]],
    [{ nth: 3, times: 'forever' as const }, [false, false, true, true]],
  ])('of four calls, %j applies to %j', (rest, expected) => {
    const faults = new Faults();
    faults.add(rule(rest));
    expect(takeMany(faults, 4).map((id) => id !== null)).toEqual(expected);
  });

  test('of two rules, the first applies to the first call and the second to the next', () => {
    const faults = new Faults();
    const [a, b] = [faults.add(rule({})), faults.add(rule({}))];
    expect(takeMany(faults, 3)).toEqual([a, b, null]);
  });

  test('a removed rule does not apply', () => {
    const faults = new Faults();
    const id = faults.add(rule({ times: 'forever' }));
    expect(faults.remove(id)).toBe(true);
    expect(faults.remove(id)).toBe(false);
    faults.add(rule({ times: 'forever' }));
    faults.removeAll();
    expect(takeMany(faults, 1)).toEqual([null]);
  });
});

test.each([
  {},
  { when: 'before' },
  { when: 'during', fault: 'reset' },
  { when: 'before', fault: 'explode' },
  { when: 'before', fault: { status: 99 } },
  { when: 'before', fault: 'reset', nth: 0 },
  { when: 'before', fault: 'reset', path: 'zones' },
  { when: 'before', fault: 'reset', pathh: '/zones' },
])('%j is not a valid fault rule', (value) => {
  expect(faultRule.safeParse(value).success).toBe(false);
});
