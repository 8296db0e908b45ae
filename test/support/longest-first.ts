import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** What takes longest, in the order in which it starts: a long file that starts last would make the run as much longer. */
const longest = [
  'onboarding/fault-matrix.test.ts',
  'onboarding/fault-matrix-cancelled.test.ts',
  'onboarding/kills.test.ts',
  'offboarding/offboarding-faults.test.ts',
  'onboarding/late-effects.test.ts',
  'onboarding/dns-providers.test.ts',
  'onboarding/outages.test.ts',
  'onboarding/cancel.test.ts',
  'bulk/bulk-killed.test.ts',
];

/** Vitest's own order, which knows how long files took in an earlier run on this machine, is for the rest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a method of the sequencer
    const sorted = await super.sort(files);
    const first = longest.flatMap((name) => sorted.filter(({ moduleId }) => moduleId.endsWith(name)));
    return [...first, ...sorted.filter((file) => !first.includes(file))];
  }
}
