import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Doors that share what they do with another one, under a name of its own. */
const shared: Readonly<Record<string, string>> = {
  // Both bring the outbox's messages to where they go: one as they come, one what was left behind.
  'relay-outbox': 'create-relay',
  'sweep-outbox': 'create-relay',
  // The registry's door imports a small file at once under this name; this one runs an import part by part.
  'import-awards': 'run-import',
};

describe('a task or event door', () => {
  it.each(globSync('functions/{workflow,events}/*.ts', { cwd: root }).sort())(
    '%s calls the file of a room that has its name',
    (door) => {
      const name = basename(door, '.ts');
      const imported = readFileSync(`${root}/${door}`, 'utf8').matchAll(
        /from '\.\.\/(?!shared\/)[^']*\/([\w-]+)\.ts'/g,
      );
      expect([...imported].map(([, file]) => file)).toContain(shared[name] ?? name);
    },
  );
});

describe('a store', () => {
  it('is made in a door, or in what several doors of one audience are made of', () => {
    const makers = globSync('functions/**/*.ts', { cwd: root }).filter((file) =>
      /new [A-Z]\w*(Store|Registry)\(/.test(readFileSync(`${root}/${file}`, 'utf8')),
    );
    const others = makers.filter((file) => !/^functions\/(api|workflow|events)\//.test(file));
    expect(others.map((file) => basename(file, '.ts')).sort()).toEqual([
      'create-attempt-parts',
      'create-logins',
      'create-relay',
    ]);
  });
});
