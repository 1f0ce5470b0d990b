import { defineConfig } from 'vitest/config';

/** The tests on real machines (docs/lab.md). Each file has its own, and a machine needs every core. */
export default defineConfig({
  test: {
    include: ['test/lab/*.test.ts'],
    globalSetup: ['test/support/build.ts', 'test/lab/setup.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
