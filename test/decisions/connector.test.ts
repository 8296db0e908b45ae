import { describe, expect, test } from 'vitest';

import type { Connector, ConnectorsRead } from '../../src/contract/schemas/connector.ts';
import { decideConnector, isOurs, mayBeOurs } from '../../src/decisions/connector.ts';
import { connector, readAt } from './connectors.ts';

const nothingBefore: ConnectorsRead = { connectors: [], readAt };

function before(...connectors: Connector[]): ConnectorsRead {
  return { connectors, readAt };
}

describe('without a connector for the domain', () => {
  test('creates one', () => {
    expect(decideConnector([], nothingBefore, false, undefined)).toEqual({ kind: 'create' });
  });

  test('creates one again when an earlier create did not report back', () => {
    expect(decideConnector([], nothingBefore, true, undefined)).toEqual({ kind: 'create' });
  });

  test('creates one when the one that was there has been deleted since', () => {
    expect(decideConnector([], before(connector()), false, undefined)).toEqual({ kind: 'create' });
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
    expect(decideConnector([found], read, mayHaveCreated, undefined)).toEqual({
      kind: 'use',
      connector: found,
      origin,
    });
  });

  test.each<[string, boolean, boolean | undefined]>([
    ['as it stands when no language was asked for', true, undefined],
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
        `connector one exists with use_fedramp_language ${useFedrampLanguage}, but ${wanted} was asked for; ` +
        'change it in Cloudflare, or start without useFedrampLanguage',
    });
  });
});

describe('several connectors for the domain', () => {
  test('are a conflict that names each of them and which is enabled', () => {
    const found = [connector(), connector({ id: 'two', enabled: true })];
    expect(decideConnector(found, nothingBefore, false, undefined)).toEqual({
      kind: 'conflict',
      reason: 'the account has 2 connectors for example.com: one, two (enabled); delete all but one and start again',
    });
  });

  test('are a conflict even when one of them may be ours', () => {
    const found = [connector(), connector({ id: 'two' })];
    expect(decideConnector(found, before(connector({ id: 'two' })), true, undefined).kind).toBe('conflict');
  });
});

describe('of a connector that is there after a create without an answer', () => {
  test.each<[string, Connector, ConnectorsRead, boolean]>([
    ['it may when it was absent before and is new', connector(), nothingBefore, true],
    ['it may beside another that was there before', connector(), before(connector({ id: 'other' })), true],
    [
      'it may when it is as old as the clocks can differ',
      connector({ createdAt: '2026-03-01T08:55:00.000Z' }),
      nothingBefore,
      true,
    ],
    [
      'it may when its time of creation is given in another time zone',
      connector({ createdAt: '2026-03-01T10:00:01+01:00' }),
      nothingBefore,
      true,
    ],
    [
      'it cannot when it is older than that',
      connector({ createdAt: '2026-03-01T08:54:59.999Z' }),
      nothingBefore,
      false,
    ],
    ['it cannot when it was there before', connector(), before(connector()), false],
    [
      'it cannot when it was there before, whatever has become of it',
      connector(),
      before(connector({ enabled: true, verificationStatus: 'verified', createdAt: null })),
      false,
    ],
    [
      'it cannot when Cloudflare does not say when it was created',
      connector({ createdAt: null }),
      nothingBefore,
      false,
    ],
    ['it cannot when that time cannot be read', connector({ createdAt: 'yesterday' }), nothingBefore, false],
    ['it cannot when the time of the read cannot be read', connector(), { connectors: [], readAt: 'yesterday' }, false],
  ])('that create may have made it: %s', (_, found, read, possible) => {
    expect(mayBeOurs(found, read, null, undefined)).toBe(possible);
    expect(isOurs(found, read, null, undefined)).toBe(possible);
  });

  test.each<[string, string, string | null, boolean]>([
    ['while attempts of it are going on', '2027-03-01T09:00:00.000Z', null, true],
    ['before the last of its attempts ended', '2026-03-01T09:59:59.999Z', '2026-03-01T10:00:00.000Z', true],
    ['as late as the clocks can differ', '2026-03-01T10:05:00.000Z', '2026-03-01T10:00:00.000Z', true],
    ['later than that', '2026-03-01T10:05:00.001Z', '2026-03-01T10:00:00.000Z', false],
  ])('that create may have made one that appeared %s: %s', (_, createdAt, lastPossibleAt, possible) => {
    expect(mayBeOurs(connector({ createdAt }), nothingBefore, lastPossibleAt, undefined)).toBe(possible);
    expect(isOurs(connector({ createdAt }), nothingBefore, lastPossibleAt, undefined)).toBe(possible);
  });

  test.each<[boolean | undefined, boolean]>([
    [undefined, true],
    [false, true],
    [true, false],
  ])('asked for with use_fedramp_language %s, one that has it off may be of that create: %s', (asked, possible) => {
    expect(mayBeOurs(connector({ useFedrampLanguage: false }), nothingBefore, null, asked)).toBe(possible);
    expect(isOurs(connector({ useFedrampLanguage: false }), nothingBefore, null, asked)).toBe(possible);
  });

  test.each<[string, Partial<Connector>]>([
    ['has enabled it', { enabled: true }],
    ['has begun its verification', { verificationStatus: 'pending' }],
    ['has seen its verification fail', { verificationStatus: 'failed' }],
    ['has verified it', { verificationStatus: 'verified' }],
  ])('that create may have made it and yet it is not ours: somebody %s', (_, changes) => {
    expect(mayBeOurs(connector(changes), nothingBefore, null, undefined)).toBe(true);
    expect(isOurs(connector(changes), nothingBefore, null, undefined)).toBe(false);
  });
});
