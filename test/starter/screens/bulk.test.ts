import { describe, expect, it } from 'vitest';

import type { BulkView } from '../../../src/client/bulk-view.ts';
import type { RowReport } from '../../../src/contract/schemas/bulk.ts';
import { countRows } from '../../../src/decisions/bulk.ts';
import { renderBulkProgress, renderBulkReport } from '../../../src/starter/screens/bulk.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const startedAt = '2026-03-01T09:00:00.000Z';
const now = new Date('2026-03-01T09:01:30.000Z');
const rows: RowReport[] = [
  { row: 0, emailDomain: 'a.com', outcome: 'enabled', type: null, message: null },
  { row: 1, emailDomain: 'longer.com', outcome: 'failed', type: 'NotConfirmed', message: 'Nobody confirmed in time' },
  { row: 2, emailDomain: 'b.com', outcome: 'refused', type: 'other-input', message: 'an onboarding is running' },
  { row: 3, emailDomain: 'c.com', outcome: 'cancelled', type: null, message: null },
  { row: 4, emailDomain: 'd.com', outcome: 'failed', type: 'Strange', message: 'what?' },
];

function viewOf(changes: Partial<BulkView>): BulkView {
  return {
    workflowId: `sso-bulk/${accountId}/1`,
    accountId,
    state: 'running',
    status: null,
    failing: [],
    result: null,
    failure: null,
    startedAt,
    closedAt: null,
    ...changes,
  };
}

function statusOf(total: number, finished: RowReport[], domains: string[]): BulkView['status'] {
  const counts = countRows(total, finished, domains.length);
  const running = domains.map((emailDomain) => ({ emailDomain, workflowId: '' }));
  return { accountId, startedAt, reason: 'it goes on', counts, running, finished };
}

describe('the screen', () => {
  it('has a bar of rows that ended, run and wait, and names those that run and what fails', () => {
    const failing = [{ activity: 'findEnabledDomains', attempt: 3, nextAttemptAt: null, lastError: 'HTTP 500' }];
    const view = viewOf({ status: statusOf(20, rows, ['e.com', 'f.com']), failing });
    expect(renderBulkProgress(view, 52, now)).toEqual([
      '██████████▒▒▒▒··························  25 %',
      '1 enabled, 2 failed, 1 refused, 1 cancelled · it goe',
      '  ▸ e.com',
      '  ▸ f.com',
      '  ! findEnabledDomains failed 2 times: HTTP 500',
    ]);
  });

  it('fits on a narrow terminal, and names no more than ten of fifty', () => {
    const domains = Array.from({ length: 50 }, (_, index) => `${index}.com`);
    const lines = renderBulkProgress(viewOf({ status: statusOf(50, [], domains) }), 10, now);
    expect(lines).toHaveLength(13);
    expect(lines.every(({ length }) => length <= 10)).toBe(true);
  });

  it('says so while nothing is known', () => {
    expect(renderBulkProgress(viewOf({}), 80, now).join('')).toContain('No worker has answered yet');
  });
});

describe('the report', () => {
  it('has the counts, and of each row that is not enabled why, and what to do', () => {
    const counts = countRows(5, rows, 0);
    const closed = { state: 'completed', closedAt: now.toISOString(), result: { accountId, counts, rows } };
    expect(renderBulkReport(viewOf(closed), rows)).toEqual([
      '',
      '5 domains: completed, in 1 min 30 s',
      '  enabled              1',
      '  failed               2',
      '  refused              1',
      '  cancelled            1',
      '',
      'not enabled',
      '  longer.com  failed     NotConfirmed: Nobody confirmed in time',
      '              → the connector was disabled again: test signing in through the identity provider, and run the same list again',
      '  b.com       refused    other-input: an onboarding is running',
      '              → wait until that has ended, or cancel it, then run the same list again',
      '  c.com       cancelled',
      '              → somebody cancelled the run; run the same list again if the domain is still wanted',
      '  d.com       failed     Strange: what?',
      '              → "status" shows the whole failure; fix its cause, then run the same list again',
    ]);
  });

  it('of one that was cancelled says what continues, and what was never started', () => {
    const view = viewOf({
      state: 'cancelled',
      status: statusOf(5, rows.slice(0, 1), ['b.com']),
      failure: { type: 'CancelledFailure', message: 'Workflow execution cancelled', details: [] },
    });
    expect(renderBulkReport(view, rows.slice(0, 1))).toEqual([
      '',
      '5 domains: cancelled',
      '  enabled              1',
      '  running              1',
      '  not started          3',
      'Onboardings that are running continue; run the same file again to onboard the rest.',
    ]);
  });

  it('of one that could not begin is why', () => {
    const failure = { type: 'InvalidInput', message: 'The input cannot be used', details: [] };
    expect(renderBulkReport(viewOf({ state: 'failed', failure }), [])).toEqual([
      'failed: InvalidInput: The input cannot be used',
    ]);
  });
});
