import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const { rooms }: { rooms: Readonly<Record<string, readonly string[]>> } = await import(
  new URL('.dependency-cruiser.mjs', root).href
);

it('shows every room, in the order of the floors', () => {
  const page = readFileSync(new URL('docs/architecture.md', root), 'utf8');
  const shown = Array.from(page.matchAll(/^\| \w* ?\| `([a-z/-]+)` \|/gm), ([, room]) => room);
  expect(shown).toEqual(Object.keys(rooms));
});
