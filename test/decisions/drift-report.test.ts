import { describe, expect, it } from 'vitest';

import { driftKinds } from '../../src/contract/names/vocabulary.ts';
import type { DriftFinding, RecordedDomain } from '../../src/contract/schemas/drift.ts';
import { isComplete, listCounts, needsEvent, reportDrift, truncateReport } from '../../src/decisions/drift-report.ts';
import type { DriftCheck } from '../../src/decisions/drift-report.ts';
import { inGroups } from '../../src/decisions/drift.ts';
import { driftRunTitle } from '../../src/messages/run-titles.ts';

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

function report(changes: Partial<DriftCheck> = {}) {
  return reportDrift({
    accountId: 'a',
    checkedAt: '2026-01-01T00:00:00.000Z',
    unreadable: null,
    records: domains(6),
    findings: [],
    unchecked: [],
    inProgress: new Set(),
    ...changes,
  });
}

describe('the numbers of a report', () => {
  it('add up, each domain in one of them, with every kind present', () => {
    const result = report({
      findings: [
        finding('d0.com'),
        finding('d0.com', { kind: 'txt-missing', repaired: true }),
        finding('d1.com', { kind: 'deleted' }),
        finding('stranger.com', { kind: 'unknown-connector' }),
        finding('d2.com', { kind: 'replaced' }),
      ],
      unchecked: [
        { emailDomain: 'd1.com', reason: 'no answer' },
        { emailDomain: 'd3.com', reason: 'no answer' },
      ],
      inProgress: new Set(['d2.com']),
    });
    expect(result).toMatchObject({ domains: 6, healthy: 2, drifted: 2, undetermined: 1, inProgress: 1, repaired: 1 });
    expect(Object.keys(result.counts)).toEqual([...driftKinds]);
    expect(result.counts).toMatchObject({
      disabled: 1,
      deleted: 1,
      replaced: 0,
      'txt-missing': 1,
      'unknown-connector': 1,
    });
    expect(listCounts(result)).toBe('1 disabled, 1 deleted, 1 txt-missing, 1 unknown-connector');
    expect(isComplete(result)).toBe(false);
  });

  it('count what the lists leave out, and the lists stay small whatever there is', () => {
    const emailDomain = `${'x'.repeat(249)}.com`;
    const long = 'é'.repeat(400);
    const findings = Array.from({ length: 10_000 }, () => finding(emailDomain, { detail: long, remedy: long }));
    const unchecked = Array.from({ length: 10_000 }, () => ({ emailDomain, reason: long + long }));
    const result = report({ findings, unchecked });
    expect(result.counts.disabled).toBe(10_000);
    expect(result.findings.length + result.findingsCut).toBe(10_000);
    expect(result.unchecked.length + result.uncheckedCut).toBe(10_000);
    // Temporal takes 2 MB.
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(1_100_000);

    const short = truncateReport(result);
    expect(short.counts).toEqual(result.counts);
    expect(short.findings.length + short.findingsCut).toBe(10_000);
    expect(short.unchecked.length + short.uncheckedCut).toBe(10_000);
    expect(Buffer.byteLength(JSON.stringify(short))).toBeLessThan(160_000);
  });
});

describe('an event is sent', () => {
  const found = report({ findings: [finding('d0.com')] });
  const undetermined = report({ unchecked: [{ emailDomain: 'd0.com', reason: 'no answer' }] });
  const unreadable = report({ records: [], unreadable: 'HTTP 500' });
  const nothing = report();

  it('for every check that finds something', () => {
    expect(needsEvent(found, undefined)).toBe(true);
    expect(needsEvent(found, found)).toBe(true);
  });

  it('once when nothing is found any more', () => {
    expect(needsEvent(nothing, found)).toBe(true);
    expect(needsEvent(nothing, nothing)).toBe(false);
    expect(needsEvent(nothing, undefined)).toBe(false);
  });

  it('not for a check that could not see everything, and for the end also after such a check', () => {
    expect(needsEvent(undetermined, found)).toBe(false);
    expect(needsEvent(unreadable, found)).toBe(false);
    expect(needsEvent(nothing, undetermined)).toBe(true);
    expect(needsEvent(nothing, unreadable)).toBe(true);
  });

  it('not if the previous result is no report', () => {
    for (const before of [null, 'text', {}, []]) expect(needsEvent(nothing, before)).toBe(false);
  });
});

it('the title of a run says whether it may publish', () => {
  expect(driftRunTitle('a', false).staticDetails).toContain('Changes nothing.');
  expect(driftRunTitle('a', true).staticDetails).toContain('Publishes TXT values again that an onboarding published');
});

it('items are grouped in order', () => {
  expect(inGroups([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(inGroups([], 2)).toEqual([]);
});
