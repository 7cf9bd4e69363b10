import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('puts back the clients that it mocks, which the next file in the same worker would meet', () => {
  const mocking = globSync('test/**/*.ts')
    .map((path) => ({ path, source: readFileSync(path, 'utf8') }))
    .filter(({ source }) => source.includes("from 'aws-sdk-client-mock'"));
  expect(mocking.length).toBeGreaterThan(0);
  expect(mocking.filter(({ source }) => !source.includes('.restore()')).map(({ path }) => path)).toEqual([]);
});
