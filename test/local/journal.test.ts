import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { Journal } from '../../local/journal.ts';

const schema = z.object({ what: z.string() });

let dir: string;
let path: string;
const journals: { close(): void }[] = [];
const open = () => {
  const journal = new Journal(path, schema);
  journals.push(journal);
  return journal;
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(dir, 'deep', 'work.jsonl');
});
afterEach(() => {
  for (const journal of journals.splice(0)) journal.close();
  rmSync(dir, { recursive: true });
});

test('what is not done is there at the next start, as it was told last, in the order of adding', () => {
  const first = open();
  const [a, b, c] = ['a', 'b', 'c'].map((what) => first.add({ what }));
  first.update(a ?? '', { what: 'a again' });
  first.remove(b ?? '');
  // Nothing was closed: it was killed.
  const second = open();
  expect(second.entries()).toEqual([
    { id: a, entry: { what: 'a again' } },
    { id: c, entry: { what: 'c' } },
  ]);
  expect(second.add({ what: 'd' })).not.toBe(c);
});

test('a line that a crash cut off was promised to nobody; a damaged file stops the start with its name', () => {
  open().add({ what: 'a' });
  appendFileSync(path, '{"id":"2","entry":{"wh');
  const second = open();
  expect(second.entries()).toMatchObject([{ entry: { what: 'a' } }]);
  second.add({ what: 'b' });
  expect(open().entries()).toHaveLength(2);
  writeFileSync(path, 'no JSON\n');
  expect(open).toThrow(`${path} is damaged; start with --reset`);
});

test('what is told after closing is written down', () => {
  const first = open();
  const id = first.add({ what: 'a' });
  first.close();
  first.remove(id);
  expect(open().entries()).toEqual([]);
});

test('what is done is left out once there is much of it, and what is not stays', () => {
  const journal = open();
  journal.add({ what: 'to do' });
  for (let round = 0; round < 30; round++) journal.remove(journal.add({ what: 'x'.repeat(100_000) }));
  expect(statSync(path).size).toBeLessThan(1_200_000);
  journal.add({ what: 'also' });
  expect(readFileSync(path, 'utf8').split('\n')[0]).toContain('to do');
  expect(open().entries()).toMatchObject([{ entry: { what: 'to do' } }, { entry: { what: 'also' } }]);
});
