import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((page) => page !== 'CHANGELOG.md' && page !== 'docs/third-party-notices.md');

/** Titles as links name them: lower case, words joined by hyphens, nothing else. */
function anchorsOf(text: string): string[] {
  return Array.from(text.matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(pages)('%s names files and titles that are there', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const named = Array.from(
    text.matchAll(/`((?:functions|infra|local|policy|statemachines|test|docs)\/[\w./-]*)`/g),
    ([, path = '']) => path,
    // Rooms are called by their place in functions/.
  ).filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, 'functions', path)));
  const linked = Array.from(text.matchAll(/\]\((?!https?:)([^)]+)\)/g), ([, link = '']) => link).filter(
    (link) => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? join(root, page) : join(root, dirname(page), path);
      return !existsSync(file) || (anchor && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor));
    },
  );
  expect([...named, ...linked]).toEqual([]);
});
