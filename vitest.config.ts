import { defineConfig } from 'vitest/config';

const isRecording = process.env['RECORD_HISTORIES'] !== undefined;

export default defineConfig({
  test: {
    include: [isRecording ? 'test/histories/record-histories.ts' : 'test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // Most of the long tests is waiting, so that two files share even one core well.
    maxWorkers: 2,
    // The SDK then runs workflow code in the test's own thread: a worker starts in 50 ms instead of 300.
    env: { TEMPORAL_DEBUG: '1' },
    // Room for a slow machine: no test asserts on time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
