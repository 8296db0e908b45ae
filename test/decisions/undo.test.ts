import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { UndoKind } from '../../src/contract/names/vocabulary.ts';
import type { Connector, ConnectorsRead } from '../../src/contract/schemas/connector.ts';
import { isOurs, mayBeOurs } from '../../src/decisions/connector.ts';
import { decideDeletion, decideUndo } from '../../src/decisions/undo.ts';
import type { Creation, UndoDecision } from '../../src/decisions/undo.ts';
import { connector, readAt } from './connectors.ts';

const statuses = ['awaiting', 'pending', 'failed', 'verified'] as const;
const disabled = connector({ verificationStatus: 'verified' });
const enabled = connector({ verificationStatus: 'verified', enabled: true });

describe('undoing an effect', () => {
  test.each<[string, UndoKind, Connector | null, UndoDecision]>([
    ['disables a connector that is enabled', 'disable-connector', enabled, { kind: 'act' }],
    [
      'has nothing to disable when the connector is disabled already',
      'disable-connector',
      disabled,
      { kind: 'done', note: 'it is disabled' },
    ],
    [
      'has nothing to disable when the connector is gone',
      'disable-connector',
      null,
      { kind: 'done', note: 'the connector is gone' },
    ],
    ['removes the TXT value of a connector that is disabled', 'remove-txt-value', disabled, { kind: 'act' }],
    ['removes the TXT value of a connector that is gone', 'remove-txt-value', null, { kind: 'act' }],
    [
      'leaves the TXT value to whoever has enabled the connector',
      'remove-txt-value',
      enabled,
      { kind: 'leave', note: 'connector one is enabled, by somebody else, and keeps its TXT value' },
    ],
    ['deletes a connector that is disabled', 'delete-connector', disabled, { kind: 'act' }],
    [
      'has nothing to delete when the connector is gone',
      'delete-connector',
      null,
      { kind: 'done', note: 'it is gone' },
    ],
    [
      'leaves the connector to whoever has enabled it',
      'delete-connector',
      enabled,
      { kind: 'leave', note: 'connector one is enabled, by somebody else' },
    ],
  ])('%s', (_, kind, now, decision) => {
    expect(decideUndo(kind, now)).toEqual(decision);
  });

  test.each<[UndoKind, boolean, UndoDecision['kind']]>([
    ['disable-connector', true, 'act'],
    ['disable-connector', false, 'done'],
    ['remove-txt-value', true, 'leave'],
    ['remove-txt-value', false, 'act'],
    ['delete-connector', true, 'leave'],
    ['delete-connector', false, 'act'],
  ])('(%s, enabled: %s) does not depend on how far verification has come', (kind, isEnabled, expected) => {
    const decisions = statuses.map((verificationStatus) =>
      decideUndo(kind, connector({ enabled: isEnabled, verificationStatus })),
    );
    expect(decisions.map((decision) => decision.kind)).toEqual(statuses.map(() => expected));
  });
});

describe('when the creation is undone', () => {
  const nothing: ConnectorsRead = { connectors: [], readAt };
  const act: UndoDecision = { kind: 'act' };
  const none: UndoDecision = { kind: 'done', note: 'there is none' };
  const madeMeanwhile: UndoDecision = {
    kind: 'leave',
    note: 'connector one was created meanwhile, and somebody uses it',
  };

  test.each<[string, Connector, Creation, UndoDecision]>([
    ['the connector that it reported is deleted', connector(), reported('one', { certain: true }), act],
    ['and so it is when an earlier answer was lost', connector(), reported('one', { certain: false }), act],
    [
      'and so it is however far it has come, and whatever is said of its age',
      connector({ verificationStatus: 'verified', createdAt: null }),
      reported('one', { certain: true }),
      act,
    ],
    [
      'the one that it reported is left when somebody has enabled it',
      enabled,
      reported('one', { certain: true }),
      { kind: 'leave', note: 'connector one is enabled, by somebody else' },
    ],
    [
      'another than the reported one is none of it, when every answer came',
      connector(),
      reported('two', { certain: true }),
      none,
    ],
    [
      'a connector is none of it when it reported none, and every answer came',
      connector(),
      reported(null, { certain: true }),
      none,
    ],
    ['one that came of an answer that was lost is deleted', connector(), reported(null, { certain: false }), act],
    [
      'one of an earlier attempt whose answer was lost is deleted beside the reported one',
      connector(),
      reported('two', { certain: false }),
      act,
    ],
    [
      'one that was there before is none of it',
      connector(),
      { ...reported(null, { certain: false }), before: { connectors: [connector()], readAt } },
      none,
    ],
    [
      'one from before the read is none of it',
      connector({ createdAt: '2026-02-28T09:00:00.000Z' }),
      reported(null, { certain: false }),
      none,
    ],
    ['one of an unknown age is none of it', connector({ createdAt: null }), reported(null, { certain: false }), none],
    [
      'one that may have come of it is left when its verification has begun',
      connector({ verificationStatus: 'pending' }),
      reported(null, { certain: false }),
      madeMeanwhile,
    ],
    [
      'one that may have come of it is left when its verification has failed',
      connector({ verificationStatus: 'failed' }),
      reported(null, { certain: false }),
      madeMeanwhile,
    ],
    [
      'one that may have come of it is left when it is verified',
      disabled,
      reported('two', { certain: false }),
      madeMeanwhile,
    ],
    [
      'one that may have come of it is left when somebody has enabled it',
      connector({ enabled: true }),
      reported(null, { certain: false }),
      madeMeanwhile,
    ],
    [
      'one that is enabled and cannot have come of it is none of it',
      enabled,
      { ...reported(null, { certain: false }), before: { connectors: [disabled], readAt } },
      none,
    ],
    [
      'one that appeared after the last of its attempts is none of it',
      connector({ createdAt: '2026-03-01T10:05:00.001Z' }),
      { ...reported(null, { certain: false }), lastPossibleAt: '2026-03-01T10:00:00.000Z' },
      none,
    ],
    [
      'one that somebody enabled, and that appeared after the last of its attempts, is none of it',
      connector({ createdAt: '2026-03-01T10:05:00.001Z', enabled: true }),
      { ...reported(null, { certain: false }), lastPossibleAt: '2026-03-01T10:00:00.000Z' },
      none,
    ],
    [
      'the one that the run goes on with is none of it',
      connector(),
      { ...reported(null, { certain: false }), inUseId: 'one' },
      none,
    ],
    [
      'and none of it when it has gone on with it',
      disabled,
      { ...reported(null, { certain: false }), inUseId: 'one' },
      none,
    ],
    [
      'the reported one is deleted whenever it appeared',
      connector({ createdAt: '2027-03-01T09:00:00.000Z' }),
      { ...reported('one', { certain: false }), lastPossibleAt: '2026-03-01T10:00:00.000Z' },
      act,
    ],
  ])('%s', (_, now, creation, decision) => {
    expect(decideDeletion(now, creation)).toEqual(decision);
  });

  function reported(createdId: string | null, { certain }: { certain: boolean }): Creation {
    return { createdId, inUseId: null, before: nothing, certain, useFedrampLanguage: undefined, lastPossibleAt: null };
  }

  const id = fc.constantFrom('one', 'two', 'three', 'four');
  const createdAt = fc.constantFrom(null, 'yesterday', '2026-03-01T08:00:00.000Z', '2026-03-01T09:00:01.000Z');
  const anyConnector = fc
    .record({ id, enabled: fc.boolean(), verificationStatus: fc.constantFrom(...statuses), createdAt })
    .map((changes) => connector(changes));
  const connectors = fc.uniqueArray(anyConnector, { selector: (candidate) => candidate.id });
  const anyCreation = fc.record({
    createdId: fc.option(id),
    inUseId: fc.option(id),
    before: connectors.map((listed): ConnectorsRead => ({ connectors: listed, readAt })),
    certain: fc.boolean(),
    useFedrampLanguage: fc.constantFrom(undefined, false, true),
    lastPossibleAt: fc.constantFrom(null, '2026-03-01T08:30:00.000Z', '2026-03-01T10:00:00.000Z'),
  });

  test("nothing is deleted but the reported one, or one that can only have come of a lost answer; nothing that's enabled", () => {
    fc.assert(
      fc.property(anyConnector, anyCreation, (now, creation) => {
        if (decideDeletion(now, creation).kind !== 'act') return;
        expect(now.enabled).toBe(false);
        if (now.id === creation.createdId) return;
        expect(creation.certain).toBe(false);
        expect(now.id).not.toBe(creation.inUseId);
        expect(isOurs(now, creation.before, creation.lastPossibleAt, creation.useFedrampLanguage)).toBe(true);
      }),
    );
  });

  test('nothing that it may have made is passed over in silence', () => {
    fc.assert(
      fc.property(anyConnector, anyCreation, (now, creation) => {
        const isReported = now.id === creation.createdId;
        const isInUse = now.id === creation.inUseId;
        const mayHaveLanded =
          !creation.certain &&
          !isInUse &&
          mayBeOurs(now, creation.before, creation.lastPossibleAt, creation.useFedrampLanguage);
        expect(decideDeletion(now, creation).kind !== 'done').toBe(isReported || mayHaveLanded);
      }),
    );
  });

  test('the reported one is deleted while it is there, unless it is enabled', () => {
    fc.assert(
      fc.property(anyConnector, anyCreation, (now, creation) => {
        const own = { ...creation, createdId: now.id };
        expect(decideDeletion(now, own).kind).toBe(now.enabled ? 'leave' : 'act');
      }),
    );
  });
});
