import { expect, test } from 'vitest';

import type { ConnectorRecord, RecordedTxt } from '../../src/contract/schemas/connector-record.ts';
import { mergeRecords } from '../../src/decisions/connector-record.ts';

function txt(runId: string, preexisting: boolean): RecordedTxt {
  return {
    record: {
      provider: 'cloudflare',
      zone: { apex: 'example.com', zoneId: 'z' },
      name: 'example.com',
      value: 'cloudflare_dashboard_sso=abc',
      recordId: 'r',
      changeId: null,
      preexisting,
    },
    shown: null,
    runId,
  };
}

function record(changes: Partial<ConnectorRecord> = {}): ConnectorRecord {
  return {
    accountId: 'a1',
    emailDomain: 'example.com',
    connectorId: 'one',
    shouldBeEnabled: true,
    enabledAt: '2026-03-01T09:00:00.000Z',
    txt: null,
    ...changes,
  };
}

const published = txt('first', false);
const later = '2026-03-02T09:00:00.000Z';

test.each<[string, RecordedTxt | null, RecordedTxt | null, RecordedTxt | null]>([
  ['keeps the value of the earlier run when the later one needed none', published, null, published],
  ['keeps it when the later one found it there', published, txt('second', true), published],
  [
    'keeps what the first of two runs found, when neither published',
    txt('first', true),
    txt('second', true),
    txt('first', true),
  ],
  [
    'takes what the later one found when the earlier one knew of no value',
    null,
    txt('second', true),
    txt('second', true),
  ],
  ['takes the value that the later one published', published, txt('second', false), txt('second', false)],
  ['knows of no value when neither did', null, null, null],
])('a record of the same connector %s', (_name, before, now, expected) => {
  expect(mergeRecords(record({ txt: before }), record({ txt: now, enabledAt: later }))).toEqual(
    record({ txt: expected, enabledAt: later }),
  );
});

test.each<[string, RecordedTxt | null]>([
  ['that needed no value', null],
  ['whose value was there', txt('second', true)],
  ['whose value was published', txt('second', false)],
])('another connector %s keeps nothing of the one before it', (_name, now) => {
  const replaced = record({ connectorId: 'two', txt: now, enabledAt: later });
  expect(mergeRecords(record({ txt: published }), replaced)).toEqual(replaced);
});
