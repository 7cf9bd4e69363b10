import { existsSync, globSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { rooms }: { rooms: Record<string, readonly string[]> } = await import(
  pathToFileURL(`${root}/.dependency-cruiser.mjs`).href
);
const folders = [...new Set(globSync('test/rooms/**/*.test.ts', { cwd: root }).map(dirname))].sort();

describe('the tests of rooms', () => {
  it.each(folders)('%s stands where its room does', (folder) => {
    expect(existsSync(`${root}/${folder.replace(/^test\/rooms/, 'functions')}`)).toBe(true);
  });

  it.each(Object.keys(rooms))('of functions/%s stand under its name', (room) => {
    expect(folders).toContain(`test/rooms/${room}`);
  });
});
