import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // All cores: the default leaves one idle, which on a machine of two doubles the time.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/{unit,adapters,workflow,local,infra}/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          // Whole systems, on the template that one synthesis makes for all of them.
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
