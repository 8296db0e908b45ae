import { describe, expect, it } from 'vitest';

import { driftKinds } from '../../src/contract/names/vocabulary.ts';
import type { DriftFinding, RecordedDomain } from '../../src/contract/schemas/drift.ts';
import {
  isCertain,
  isWorthTelling,
  listCounts,
  reportDrift,
  shortenReport,
  summariseDriftLook,
} from '../../src/decisions/drift-report.ts';
import type { DriftLook } from '../../src/decisions/drift-report.ts';
import { inGroups } from '../../src/decisions/in-groups.ts';

function domains(count: number): RecordedDomain[] {
  return Array.from({ length: count }, (_, index) => ({
    emailDomain: `d${index}.com`,
    connectorId: 'c',
    hasTxt: true,
  }));
}

function finding(emailDomain: string, changes: Partial<DriftFinding> = {}): DriftFinding {
  return { emailDomain, kind: 'disabled', detail: 'detail', remedy: 'remedy', repaired: false, ...changes };
}

function report(changes: Partial<DriftLook> = {}) {
  return reportDrift({
    accountId: 'a',
    lookedAt: '2026-01-01T00:00:00.000Z',
    unreadable: null,
    records: domains(6),
    findings: [],
    unseen: [],
    inMotion: new Set(),
    ...changes,
  });
}

describe('the numbers of a report', () => {
  it('add up, each domain in one of them, with every kind present', () => {
    const told = report({
      findings: [
        finding('d0.com'),
        finding('d0.com', { kind: 'txt-missing', repaired: true }),
        finding('d1.com', { kind: 'deleted' }),
        finding('stranger.com', { kind: 'unknown-connector' }),
        finding('d2.com', { kind: 'replaced' }),
      ],
      unseen: [
        { emailDomain: 'd1.com', reason: 'no answer' },
        { emailDomain: 'd3.com', reason: 'no answer' },
      ],
      inMotion: new Set(['d2.com']),
    });
    expect(told).toMatchObject({ domains: 6, healthy: 2, drifted: 2, undetermined: 1, inMotion: 1, repaired: 1 });
    expect(Object.keys(told.counts)).toEqual([...driftKinds]);
    expect(told.counts).toMatchObject({
      disabled: 1,
      deleted: 1,
      replaced: 0,
      'txt-missing': 1,
      'unknown-connector': 1,
    });
    expect(listCounts(told)).toBe('1 disabled, 1 deleted, 1 txt-missing, 1 unknown-connector');
    expect(isCertain(told)).toBe(false);
  });

  it('count what the lists leave out, and the lists stay small whatever there is', () => {
    const emailDomain = `${'x'.repeat(249)}.com`;
    const long = 'é'.repeat(400);
    const findings = Array.from({ length: 10_000 }, () => finding(emailDomain, { detail: long, remedy: long }));
    const unseen = Array.from({ length: 10_000 }, () => ({ emailDomain, reason: long + long }));
    const told = report({ findings, unseen });
    expect(told.counts.disabled).toBe(10_000);
    expect(told.findings.length + told.findingsCut).toBe(10_000);
    expect(told.unseen.length + told.unseenCut).toBe(10_000);
    // Temporal takes 2 MB.
    expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThan(1_100_000);

    const short = shortenReport(told);
    expect(short.counts).toEqual(told.counts);
    expect(short.findings.length + short.findingsCut).toBe(10_000);
    expect(short.unseen.length + short.unseenCut).toBe(10_000);
    expect(Buffer.byteLength(JSON.stringify(short))).toBeLessThan(160_000);
  });
});

describe('somebody is told', () => {
  const found = report({ findings: [finding('d0.com')] });
  const dark = report({ unseen: [{ emailDomain: 'd0.com', reason: 'no answer' }] });
  const unreadable = report({ records: [], unreadable: 'HTTP 500' });
  const nothing = report();

  it('of whatever is found, each time', () => {
    expect(isWorthTelling(found, undefined)).toBe(true);
    expect(isWorthTelling(found, found)).toBe(true);
  });

  it('once that nothing is found any more', () => {
    expect(isWorthTelling(nothing, found)).toBe(true);
    expect(isWorthTelling(nothing, nothing)).toBe(false);
    expect(isWorthTelling(nothing, undefined)).toBe(false);
  });

  it('not of a look that could not see, and of the end also when such a look was in between', () => {
    expect(isWorthTelling(dark, found)).toBe(false);
    expect(isWorthTelling(unreadable, found)).toBe(false);
    expect(isWorthTelling(nothing, dark)).toBe(true);
    expect(isWorthTelling(nothing, unreadable)).toBe(true);
  });

  it('nothing on the word of something that is no report', () => {
    for (const before of [null, 'text', {}, []]) expect(isWorthTelling(nothing, before)).toBe(false);
  });
});

it('the UI says whether a look may publish', () => {
  expect(summariseDriftLook('a', false).staticDetails).toContain('Changes nothing.');
  expect(summariseDriftLook('a', true).staticDetails).toContain('Publishes TXT values of ours');
});

it('items are grouped in order', () => {
  expect(inGroups([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(inGroups([], 2)).toEqual([]);
});
