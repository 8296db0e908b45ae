import { expect, it } from 'vitest';

import type { DriftReport } from '../../../src/contract/schemas/drift.ts';
import { renderDrift } from '../../../src/starter/screens/drift.ts';

it('a long report says how much it leaves out, and a reason that many share once', () => {
  const reason = 'no answer';
  const report: DriftReport = {
    accountId: 'a',
    checkedAt: '2026-01-01T00:00:00.000Z',
    unreadable: null,
    domains: 900,
    healthy: 1,
    drifted: 600,
    undetermined: 298,
    inProgress: 1,
    counts: {
      disabled: 600,
      deleted: 0,
      replaced: 0,
      unverified: 0,
      'txt-missing': 0,
      'txt-partial': 0,
      'second-connector': 0,
      'unknown-connector': 0,
    },
    repaired: 0,
    findings: [{ emailDomain: 'a.com', kind: 'disabled', detail: 'found', remedy: 'do', repaired: false }],
    findingsCut: 599,
    unchecked: ['b.com', 'c.com'].map((emailDomain) => ({ emailDomain, reason })),
    uncheckedCut: 296,
  };
  expect(renderDrift(report, new Date('2026-01-01T00:02:00.000Z')).join('\n')).toMatchInlineSnapshot(`
    "account   a
    checked   2026-01-01T00:00:00.000Z, 2 min ago
    domains   900 should be enabled: 1 healthy, 600 drifted, 298 could not be checked, 1 being onboarded or off-boarded

    disabled  a.com  found
              → do
    … and 599 more findings

    could not be checked
      b.com, c.com: no answer
    … and 296 more domains that could not be checked

    Drift: 600 disabled."
  `);
});
