import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Compiled once, by whichever process comes first: workers, syntheses, the programs that tests start. Without it, each
// of them compiles the SDK or the CDK again, which is a fifth of all the processor time of the tests.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'compiled');

/**
 * On a machine that has not run the tests before, Vitest takes the size of a file for its length. These are small and
 * long: they come first in their project, since whoever took one last would work on when all others have nothing to do.
 */
const long = /simulation\/(schedules|guards)|journeys\/(demo|budget-crash|one-system)/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = Map.groupBy(sorted, ({ project }) => project);
    return [...projects.values()].flatMap((own) => {
      const isLong = (file: TestSpecification) => long.test(file.moduleId.replaceAll('\\', '/'));
      return [...own.filter(isLong), ...own.filter((file) => !isLong(file))];
    });
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What the functions log is of interest where a test fails.
    silent: 'passed-only',
    // One more than there are cores: journeys wait now and then, for a notice to end or for a database. The default
    // leaves a core idle instead, which on a machine of two doubles the time.
    maxWorkers: availableParallelism() + 1,
    // A worker stays for many files, and so imports the SDK and the CDK once: half of the processor time. What a file
    // changes of its process (environment variables, spies, clients) is put back.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/{house,files,rooms,workflow,simulation,local,infra,docs}/**/*.test.ts'],
          setupFiles: ['test/support/seed.ts', 'test/support/put-back.ts'],
        },
      },
      {
        extends: true,
        test: {
          // Whole systems, on the template that one synthesis makes for all of them.
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          setupFiles: ['test/support/checked-answers.ts'],
        },
      },
    ],
  },
});
