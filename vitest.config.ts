import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Those on real machines: npm run test:lab.
    exclude: [...configDefaults.exclude, 'test/lab/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The end-to-end tests start processes of their own: more at once than there are cores only makes each slower.
    maxWorkers: 2,
  },
});
