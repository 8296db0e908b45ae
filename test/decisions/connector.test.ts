import { describe, expect, test } from 'vitest';

import type { Connector } from '../../src/contract.ts';
import { decideConnector } from '../../src/decisions/connector.ts';
import type { ConnectorsRead } from '../../src/decisions/connector.ts';

const readAt = '2026-03-01T09:00:00.000Z';
const nothingBefore: ConnectorsRead = { connectors: [], readAt };

function connector(changes: Partial<Connector> = {}): Connector {
  return {
    id: 'one',
    emailDomain: 'example.com',
    enabled: false,
    useFedrampLanguage: false,
    verificationCode: 'cloudflare_dashboard_sso=abc',
    verificationStatus: 'awaiting',
    createdAt: '2026-03-01T09:00:01.000Z',
    ...changes,
  };
}

function before(...connectors: Connector[]): ConnectorsRead {
  return { connectors, readAt };
}

describe('without a connector for the domain', () => {
  test('creates one', () => {
    expect(decideConnector([], nothingBefore, false, null)).toEqual({ kind: 'create' });
  });

  test('creates one again when an earlier create did not report back', () => {
    expect(decideConnector([], nothingBefore, true, null)).toEqual({ kind: 'create' });
  });

  test('creates one when the one that was there has been deleted since', () => {
    expect(decideConnector([], before(connector()), false, null)).toEqual({ kind: 'create' });
  });
});

describe('a connector that is there', () => {
  test.each<[string, Connector, ConnectorsRead, boolean, 'created' | 'adopted']>([
    [
      'is ours when it was absent before, is new, and a create of ours may have made it',
      connector(),
      nothingBefore,
      true,
      'created',
    ],
    [
      'is ours when the clocks differ by less than five minutes',
      connector({ createdAt: '2026-03-01T08:55:00.000Z' }),
      nothingBefore,
      true,
      'created',
    ],
    [
      'is adopted when it is older than the clocks can differ',
      connector({ createdAt: '2026-03-01T08:54:59.999Z' }),
      nothingBefore,
      true,
      'adopted',
    ],
    ['is adopted when this run has not tried to create one', connector(), nothingBefore, false, 'adopted'],
    ['is adopted when it was there before this run wrote anything', connector(), before(connector()), true, 'adopted'],
    [
      'is ours beside another that was there before and has gone since',
      connector(),
      before(connector({ id: 'gone' })),
      true,
      'created',
    ],
    [
      'is adopted when its verification has begun, which a create of ours does not do',
      connector({ verificationStatus: 'pending' }),
      nothingBefore,
      true,
      'adopted',
    ],
    ['is adopted when it is verified', connector({ verificationStatus: 'verified' }), nothingBefore, true, 'adopted'],
    ['is adopted when it is enabled', connector({ enabled: true }), nothingBefore, true, 'adopted'],
    [
      'is adopted when Cloudflare does not say when it was created',
      connector({ createdAt: null }),
      nothingBefore,
      true,
      'adopted',
    ],
    [
      'is adopted when the time of its creation cannot be read',
      connector({ createdAt: 'yesterday' }),
      nothingBefore,
      true,
      'adopted',
    ],
  ])('%s', (_, found, read, mayHaveCreated, origin) => {
    expect(decideConnector([found], read, mayHaveCreated, null)).toEqual({ kind: 'use', connector: found, origin });
  });

  test.each([
    ['as it stands when no language was asked for', true, null],
    ['when it uses the FedRAMP language that was asked for', true, true],
    ['when it does not use it and was not to', false, false],
  ])('is used %s', (_, useFedrampLanguage, wanted) => {
    const found = connector({ useFedrampLanguage });
    expect(decideConnector([found], nothingBefore, false, wanted).kind).toBe('use');
  });

  test.each([
    [false, true],
    [true, false],
  ])('is a conflict when its use_fedramp_language is %s and %s was asked for', (useFedrampLanguage, wanted) => {
    expect(decideConnector([connector({ useFedrampLanguage })], nothingBefore, false, wanted)).toEqual({
      kind: 'conflict',
      reason:
        `connector one is there with use_fedramp_language ${useFedrampLanguage}, and ${wanted} was asked for; ` +
        'change it in Cloudflare, or start without useFedrampLanguage',
    });
  });
});

describe('several connectors for the domain', () => {
  test('are a conflict that names each of them and which is enabled', () => {
    const found = [connector(), connector({ id: 'two', enabled: true })];
    expect(decideConnector(found, nothingBefore, false, null)).toEqual({
      kind: 'conflict',
      reason: 'the account has 2 connectors for example.com: one, two (enabled); delete all but one and start again',
    });
  });

  test('are a conflict even when one of them may be ours', () => {
    const found = [connector(), connector({ id: 'two' })];
    expect(decideConnector(found, before(connector({ id: 'two' })), true, null).kind).toBe('conflict');
  });
});
