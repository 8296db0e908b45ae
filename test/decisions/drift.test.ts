import { describe, expect, it, test } from 'vitest';

import type { ServerVerdict } from '../../src/contract/names/vocabulary.ts';
import type { RecordedTxt } from '../../src/contract/schemas/connector-record.ts';
import type { ServerEvidence } from '../../src/contract/schemas/dns.ts';
import type { ListedConnector, RecordedDomain } from '../../src/contract/schemas/drift.ts';
import { compareConnectors, classifyTxt, shorten, toTxtFinding, whyNotPublish } from '../../src/decisions/drift.ts';
import { connector } from './connectors.ts';

const record: RecordedDomain = { emailDomain: 'example.com', connectorId: 'one', hasTxt: true };

function listed(changes: Partial<ListedConnector> = {}): ListedConnector {
  return { id: 'one', emailDomain: 'example.com', enabled: true, verificationStatus: 'verified', ...changes };
}

describe('the connectors of an account against what was recorded', () => {
  test.each<[string, RecordedDomain[], ListedConnector[], string[]]>([
    ['are fine when the recorded one is enabled and verified', [record], [listed()], []],
    ['are fine when there should be none, and is none', [], [], []],
    [
      'have drifted when it is not enabled',
      [record],
      [listed({ enabled: false })],
      ['disabled: its connector one is not enabled'],
    ],
    [
      'do not count the verification of one that is not enabled',
      [record],
      [listed({ enabled: false, verificationStatus: 'failed' })],
      ['disabled: its connector one is not enabled'],
    ],
    ['have drifted when it is gone', [record], [], ['deleted: its connector one is gone, and the domain has no other']],
    [
      'have drifted when another is in its place',
      [record],
      [listed({ id: 'two' })],
      ['replaced: its connector one is gone, and the domain has two (enabled)'],
    ],
    [
      'have drifted when its verification is no longer what it was',
      [record],
      [listed({ verificationStatus: 'pending' })],
      ['unverified: its connector one is enabled, and its verification is "pending"'],
    ],
    [
      'have drifted when there is a second one',
      [record],
      [listed(), listed({ id: 'two', enabled: false, verificationStatus: 'awaiting' })],
      ['second-connector: besides its connector one the domain has two (not enabled)'],
    ],
    [
      'can have drifted in two ways at once',
      [record],
      [listed({ enabled: false }), listed({ id: 'two' })],
      [
        'disabled: its connector one is not enabled',
        'second-connector: besides its connector one the domain has two (enabled)',
      ],
    ],
    [
      'have drifted when one is enabled that no record knows',
      [],
      [listed()],
      ['unknown-connector: the connector one is enabled, and no onboarding is recorded'],
    ],
    ['are fine when one that no record knows is not enabled', [], [listed({ enabled: false })], []],
    [
      'are compared by their own domain',
      [record],
      [listed({ emailDomain: 'example.org' })],
      [
        'deleted: its connector one is gone, and the domain has no other',
        'unknown-connector: the connector one is enabled, and no onboarding is recorded',
      ],
    ],
  ])('%s', (_name, records, connectors, expected) => {
    expect(compareConnectors(records, connectors).map(({ kind, detail }) => `${kind}: ${detail}`)).toEqual(expected);
  });
});

function server(name: string, verdict: ServerVerdict, detail: string = verdict): ServerEvidence {
  return { name, address: '', verdict, detail, milliseconds: null, serial: null };
}

describe('a TXT value on the name servers', () => {
  test.each<[string, ServerEvidence[], ReturnType<typeof classifyTxt>]>([
    ['is present when all have it', [server('ada', 'has-value'), server('bob', 'has-value')], { kind: 'present' }],
    [
      'is present when those that answer have it',
      [server('ada', 'has-value'), server('bob', 'unreachable'), server('cleo', 'lame')],
      { kind: 'present' },
    ],
    [
      'is missing when none that answers has it',
      [
        server('ada', 'lacks-value', 'NXDOMAIN'),
        server('bob', 'unreachable'),
        server('cleo', 'lacks-value', 'NXDOMAIN'),
      ],
      { kind: 'missing', detail: 'no authoritative server has it: ada, cleo: NXDOMAIN' },
    ],
    [
      'is partial when some lack it, and they are named',
      [server('ada', 'has-value'), server('bob', 'lacks-value', '1 TXT value, not this one')],
      { kind: 'partial', detail: '1 of 2 authoritative answers lack it: bob: 1 TXT value, not this one' },
    ],
    [
      'is unknown, and not missing, when none answers',
      [server('ada', 'unreachable', 'no answer within 3 s'), server('bob', 'lame', 'REFUSED')],
      { kind: 'unknown', detail: 'no authoritative server answered: ada: no answer within 3 s; bob: REFUSED' },
    ],
    [
      'is unknown when no server is known',
      [],
      { kind: 'unknown', detail: 'no authoritative server answered: none is known' },
    ],
  ])('%s', (_name, servers, expected) => {
    expect(classifyTxt({ servers })).toEqual(expected);
  });

  it('says what to do', () => {
    const about = { emailDomain: 'example.com', value: 'v' };
    expect(toTxtFinding(about, { kind: 'missing', detail: 'why' })).toEqual({
      emailDomain: 'example.com',
      kind: 'txt-missing',
      detail: 'the TXT value: why',
      remedy: 'add it again at example.com, or run "drift --repair": "v"',
      repaired: false,
    });
    expect(toTxtFinding(about, { kind: 'partial', detail: 'why' })).toMatchObject({
      kind: 'txt-partial',
      remedy: '"dns example.com --value v" shows what each server says',
    });
  });
});

describe('a missing value is published again', () => {
  const txt: RecordedTxt = {
    record: {
      provider: 'cloudflare',
      zone: { apex: 'example.com', zoneId: 'z' },
      name: 'example.com',
      value: 'cloudflare_dashboard_sso=abc',
      recordId: 'r',
      changeId: null,
      preexisting: false,
    },
    shown: null,
    runId: 'run',
  };
  const good = connector({ enabled: true, verificationStatus: 'verified' });

  it('where its connector is enabled, verified and asks for it, and it was ours', () => {
    expect(whyNotPublish(txt, good)).toBeNull();
  });

  test.each<[string, Parameters<typeof whyNotPublish>]>([
    ['its connector is gone', [txt, null]],
    ['its connector is not enabled', [txt, { ...good, enabled: false }]],
    ['its verification is "failed"', [txt, { ...good, verificationStatus: 'failed' }]],
    ['its connector now asks for another value', [txt, { ...good, verificationCode: 'other' }]],
    ['it was there before the onboarding', [{ ...txt, record: { ...txt.record, preexisting: true } }, good]],
    ['a person publishes it', [{ ...txt, record: { ...txt.record, provider: 'manual' } }, good]],
  ])('but not when %s', (why, [recorded, now]) => {
    expect(whyNotPublish(recorded, now)).toBe(why);
  });
});

it('a text that is too long is cut, and shows it', () => {
  expect(shorten('short')).toBe('short');
  const cut = shorten('x'.repeat(1000));
  expect(cut).toHaveLength(400);
  expect(cut).toMatch(/x…$/u);
});
