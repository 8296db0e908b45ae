import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // Most of the long tests is waiting, so that two files share even one core well.
    maxWorkers: 2,
    // Room for a slow machine: no test asserts on time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
