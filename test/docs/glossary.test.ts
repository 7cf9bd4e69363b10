import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const places = ['functions', 'infra', 'local', 'policy', 'statemachines', 'test', 'docs/adr'];
const here = 'test/docs/glossary.test.ts';
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...places], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => file !== here && existsSync(join(root, file)))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const glossary = readFileSync(join(root, 'docs/glossary.md'), 'utf8');
const terms = Array.from(glossary.matchAll(/\*\*(.+?)\*\*/g), ([, names = '']) => names.split(', ')).flat();

it('explains every term that a comment cites', () => {
  const cited = files.flatMap(({ file, text }) => {
    const unwrapped = text.replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ');
    return Array.from(unwrapped.matchAll(/glossary, "([^"]+)"/g), ([, term = '']) => ({ file, term }));
  });
  expect(cited.length).toBeGreaterThan(0);
  expect(cited.filter(({ term }) => !terms.includes(term))).toEqual([]);
});

it('is the only page that comments cite for the domain', () => {
  expect(files.filter(({ text }) => /\bdomain( §|\.md)/.test(text)).map(({ file }) => file)).toEqual([]);
});

it('calls things as the code does', () => {
  const words = Array.from(glossary.matchAll(/`([A-Za-z-]+)`/g), ([, word = '']) => word);
  const sources = files.filter(({ file }) => !file.startsWith('test/') && !file.startsWith('docs/'));
  expect(words.filter((word) => !sources.some(({ text }) => text.includes(word)))).toEqual([]);
});
