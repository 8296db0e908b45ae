import { defineConfig } from 'vitest/config';

import { LongestFirst } from './test/support/longest-first.ts';

const isRecording = process.env['RECORD_HISTORIES'] !== undefined;

export default defineConfig({
  test: {
    include: [isRecording ? 'test/histories/record-histories.ts' : 'test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // A process for each file would load the SDK again for each. No file leaves anything behind in its process.
    isolate: false,
    // Most of a long test is waiting, so that more files than cores can run.
    maxWorkers: 3,
    maxConcurrency: 6,
    sequence: { sequencer: LongestFirst },
    // The SDK runs workflow code in the test's own thread, so that a worker starts in 50 ms instead of 300.
    env: { TEMPORAL_DEBUG: '1' },
    // Room for a slow machine: no test asserts on time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
