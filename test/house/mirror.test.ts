import { existsSync, globSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders = [...new Set(globSync('test/rooms/**/*.test.ts', { cwd: root }).map(dirname))].sort();

describe('the tests of rooms', () => {
  it.each(folders)('%s stands where its room does', (folder) => {
    expect(existsSync(`${root}/${folder.replace(/^test\/rooms/, 'functions')}`)).toBe(true);
  });
});
