import { describe, expect, it, test } from 'vitest';

import { failureTypes } from '../../src/contract/names/failure-types.ts';
import { adviseOnRow } from '../../src/messages/bulk-advice.ts';

describe('a row that did not end enabled', () => {
  test.each<[string, Parameters<typeof adviseOnRow>[0], string]>([
    [
      'failed before anything was written',
      { outcome: 'failed', type: 'PrerequisitesNotMet' },
      'nothing was changed: fix what the message names, then run the same list again',
    ],
    [
      'was enabled, and nobody confirmed',
      { outcome: 'failed', type: 'NotConfirmed' },
      'the connector was disabled again: test signing in through the identity provider, and run the same list again',
    ],
    [
      'needs another token',
      { outcome: 'failed', type: 'CloudflareUnauthorized' },
      "check the worker's API token and its permissions, then run the same list again",
    ],
    [
      'failed with what there is no special advice on',
      { outcome: 'failed', type: 'DnsProviderRefused' },
      '"status" shows the whole failure; fix its cause, then run the same list again',
    ],
    [
      'failed with what this version does not know',
      { outcome: 'failed', type: 'Strange' },
      '"status" shows the whole failure; fix its cause, then run the same list again',
    ],
    [
      'failed without a type',
      { outcome: 'failed', type: null },
      '"status" shows the whole failure; fix its cause, then run the same list again',
    ],
    [
      'was refused, whatever was under way',
      { outcome: 'refused', type: 'being-undone' },
      'wait until that has ended, or cancel it, then run the same list again',
    ],
    [
      'was cancelled',
      { outcome: 'cancelled', type: null },
      'somebody cancelled the run; run the same list again if the domain is still wanted',
    ],
  ])('and %s', (_name, row, expected) => {
    expect(adviseOnRow(row)).toBe(expected);
  });

  it.each(failureTypes)('and failed with %s can be run again with the same list', (type) => {
    expect(adviseOnRow({ outcome: 'failed', type })).toContain('run the same list again');
  });
});
