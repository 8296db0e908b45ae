import { describe, expect, it, test } from 'vitest';

import type { ConnectorRecord } from '../../src/contract/schemas/connector-record.ts';
import type { Connector } from '../../src/contract/schemas/connector.ts';
import type { OffboardingStep } from '../../src/contract/schemas/offboarding.ts';
import { planOffboarding, reportOffboarding } from '../../src/decisions/offboarding.ts';
import { connector } from './connectors.ts';

const value = 'cloudflare_dashboard_sso=abc';

/** @param preexisting of its value; `null`: it knows of none */
function recordOf(preexisting: boolean | null): ConnectorRecord {
  const zone = { apex: 'example.com', zoneId: 'z' };
  const published = {
    provider: 'cloudflare' as const,
    zone,
    name: 'published.example.com',
    recordId: 'r',
    changeId: null,
  };
  return {
    accountId: 'a1',
    emailDomain: 'example.com',
    connectorId: 'one',
    shouldBeEnabled: true,
    enabledAt: '2026-03-01T09:00:00.000Z',
    txt: preexisting === null ? null : { record: { ...published, value, preexisting }, shown: null, runId: 'run' },
  };
}

function unknown(code: string): string[] {
  return [
    `remove-txt-value example.com: left, no onboarding is recorded that published "${code}": if it exists, remove it by hand`,
  ];
}

function inWords({ kind, target, state, note }: OffboardingStep): string {
  return `${kind} ${target}: ${state}${note === null ? '' : `, ${note}`}`;
}

describe('what there is to do', () => {
  const one = connector({ enabled: true });
  const two = connector({ id: 'two', verificationCode: 'cloudflare_dashboard_sso=two' });
  const ours = ['remove-txt-value published.example.com: to-do'];
  const notOurs = [
    `remove-txt-value published.example.com: left, "${value}" was there before the onboarding: if nobody needs it, remove it by hand`,
  ];

  test.each<[string, Connector[], ConnectorRecord | null, string[]]>([
    ['is nothing without a connector and without a record', [], null, []],
    [
      'is the connector, and then the value that an onboarding published',
      [one],
      recordOf(false),
      ['disable-connector one: to-do', 'delete-connector one: to-do', ...ours],
    ],
    [
      'is every connector, all of them disabled before one is deleted',
      [one, two],
      recordOf(false),
      [
        'disable-connector one: to-do',
        'disable-connector two: to-do',
        'delete-connector one: to-do',
        'delete-connector two: to-do',
        ...ours,
      ],
    ],
    ['is the value alone when the connector is gone', [], recordOf(false), ours],
    [
      'leaves a value that was there before',
      [one],
      recordOf(true),
      ['disable-connector one: to-do', 'delete-connector one: to-do', ...notOurs],
    ],
    [
      'leaves the value of a connector that nothing here enabled',
      [one],
      null,
      ['disable-connector one: to-do', 'delete-connector one: to-do', ...unknown(value)],
    ],
    [
      'names the value of the connector where the record knows of none',
      [two],
      recordOf(null),
      ['disable-connector two: to-do', 'delete-connector two: to-do', ...unknown('cloudflare_dashboard_sso=two')],
    ],
    ['says that the value is not known when neither names it', [], recordOf(null), unknown('unknown')],
  ])('%s', (_name, connectors, record, expected) => {
    expect(planOffboarding(connectors, record).map((step) => inWords(step))).toEqual(expected);
  });
});

describe('the report', () => {
  const step: OffboardingStep = { kind: 'disable-connector', target: 'one', state: 'done', note: 'disabled' };

  test.each<[string, OffboardingStep[], ReturnType<typeof reportOffboarding>]>([
    ['of nothing is empty', [], { done: [], left: [] }],
    ['says what was done', [step], { done: ['disable-connector one: disabled'], left: [] }],
    [
      'says what stays, and why',
      [{ ...step, state: 'left', note: 'somebody relies on it' }],
      { done: [], left: ['disable-connector one: somebody relies on it'] },
    ],
    [
      'counts what is still to do as left',
      [{ ...step, state: 'to-do', note: null }],
      { done: [], left: ['disable-connector one: not done, or its answer was lost'] },
    ],
  ])('%s', (_name, steps, expected) => {
    expect(reportOffboarding(steps)).toEqual(expected);
  });

  it('has everything once, in the order of the plan', () => {
    const plan = planOffboarding([connector(), connector({ id: 'two' })], recordOf(false));
    const [first, ...rest] = plan.map((planned) => ({ ...planned, note: 'so' }));
    const steps: OffboardingStep[] = first === undefined ? [] : [{ ...first, state: 'done' }, ...rest];
    expect(reportOffboarding(steps)).toEqual({
      done: ['disable-connector one: so'],
      left: [
        'disable-connector two: so',
        'delete-connector one: so',
        'delete-connector two: so',
        'remove-txt-value published.example.com: so',
      ],
    });
  });
});
