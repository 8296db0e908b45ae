import { describe, expect, it } from 'vitest';

import { renderSteps } from '../../../src/starter/screens/steps.ts';
import { cancelled, now, offboardingStatus, status } from './views.ts';

describe('the steps on a terminal', () => {
  it('show what is done, in progress and still to do, with the time each took', () => {
    expect(`\n${renderSteps(status, null, now).join('\n')}\n`).toMatchInlineSnapshot(`
      "
        ✓ checking-prerequisites  2 s
        ✓ creating-connector  2 s
        ✓ publishing-txt  2 s
        ✓ waiting-for-dns  4 min 55 s
        ▸ waiting-for-verification  5 min
        · waiting-for-approval, if requested
        · enabling
        · waiting-for-confirmation, if requested
        · enabled
      "
    `);
  });

  it('show where a run that has ended stopped', () => {
    expect(renderSteps(status, '2026-01-01T00:06:00.000Z', now)).toContain('  ✗ waiting-for-verification  1 min');
  });
});

describe('the steps of a run that was undone', () => {
  it('show where it stopped, and no step that was never entered', () => {
    const enteredAt = '2026-01-01T00:06:00.000Z';
    const timeline = [...status.timeline, { phase: 'undoing', enteredAt }, { phase: 'undone', enteredAt }] as const;
    const undone = { ...status, timeline: [...timeline], undo: { ...status.undo, cause: cancelled } };
    expect(renderSteps(undone, enteredAt, now).slice(-3)).toEqual([
      '  ✗ waiting-for-verification  1 min',
      '  ✓ undoing  0 s',
      '  ✓ undone',
    ]);
  });
});

it('the steps of an off-boarding are its own phases', () => {
  expect(renderSteps(offboardingStatus, null, now)).toEqual([
    '  ✓ finding-connector  4 s',
    '  ▸ waiting-for-approval  9 min 56 s',
    '  · disabling',
    '  · deleting-connector',
    '  · removing-txt',
    '  · offboarded',
  ]);
  expect(renderSteps(offboardingStatus, '2026-01-01T00:01:04.000Z', now)).toContain('  ✗ waiting-for-approval  1 min');
});
